package page

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/summary"
)

// Outputs writes the counts of the verdicts and the paths of the reports as outputs of a
// step, for $GITHUB_OUTPUT.
func Outputs(w io.Writer, page string, sources []Source) error {
	counts, unexpected := map[string]int{}, 0
	var junit []string
	for _, source := range sources {
		for _, claim := range source.Document.Claims {
			counts[claim.Verdict]++
			if claim.Surprising() {
				unexpected++
			}
		}
		if file := junitOf(source.Path); file != "" && !slices.Contains(junit, file) {
			junit = append(junit, file)
		}
	}
	_, err := fmt.Fprintf(w, "holds=%d\ncontradicted=%d\nunverified=%d\nunexpected=%d\npage=%s\njunit=%s\n",
		counts[result.Holds], counts[result.Contradicted], counts[result.Unverified], unexpected, filepath.ToSlash(page), strings.Join(junit, ","))
	return err
}

// junitOf returns the JUnit report of the run with these verdicts. Those of a further
// document are one directory below it.
func junitOf(verdicts string) string {
	for _, dir := range []string{filepath.Dir(verdicts), filepath.Dir(filepath.Dir(verdicts))} {
		if file := filepath.Join(dir, "junit.xml"); exists(file) {
			return filepath.ToSlash(file)
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Annotate writes each verdict that is not as catalogued, and what runs left behind, as
// workflow commands, which GitHub shows on the job's page.
func Annotate(w io.Writer, sources []Source) {
	for _, source := range sources {
		d := source.Document
		for _, c := range d.Claims {
			if c.Surprising() {
				text := fmt.Sprintf("%s on %s, catalogued: %s. %s\n%s", c.Verdict, d.Engine, c.Expected, strings.TrimSpace(c.Quote), strings.TrimSpace(c.Reason))
				summary.WorkflowError(w, "", 0, c.ID, strings.TrimSpace(text))
			}
		}
		for _, left := range d.Leftovers {
			summary.WorkflowError(w, "", 0, "left behind", left)
		}
	}
}
