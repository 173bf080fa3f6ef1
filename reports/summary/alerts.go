package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Alert is one problem of a text, for tools that show it beside its line.
type Alert struct {
	Rule    string // contradicted, drift or unclaimed
	About   string
	Line    int
	Message string
}

// Alerts lists the problems that PrintCourse prints.
func Alerts(d result.Document) (all []Alert) {
	for _, claim := range Wrong(d) {
		message := fmt.Sprintf("The lesson: %s\nWhat happens on %s: %s", strings.TrimSpace(claim.Quote), d.Engine, strings.TrimSpace(happens(claim)))
		if claim.Erratum != nil && claim.Erratum.Correction != "" {
			message += "\nShould be: " + strings.TrimSpace(claim.Erratum.Correction)
		}
		all = append(all, Alert{"contradicted", claim.ID, claim.Line, message})
	}
	for _, drift := range d.Drift {
		all = append(all, Alert{"drift", drift.Claim, drift.Line, drift.Detail})
	}
	for _, passage := range d.Uncovered {
		all = append(all, Alert{"unclaimed", "unclaimed", passage.Line, "Neither claimed nor listed as prose: " + passage.Text})
	}
	return all
}

// Annotate writes the alerts as GitHub workflow commands, which GitHub shows
// beside the lines of the file.
func Annotate(w io.Writer, d result.Document, path string) {
	for _, a := range Alerts(d) {
		WorkflowError(w, path, a.Line, a.About, a.Message)
	}
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WorkflowError writes an error as a GitHub workflow command, at a line of a file, or
// of the whole job if the path is empty. GitHub's documentation of workflow commands
// defines the escapes.
func WorkflowError(w io.Writer, path string, line int, title, message string) {
	place := ""
	if path != "" {
		place = fmt.Sprintf("file=%s,line=%d,", escapeProperty.Replace(path), max(line, 1))
	}
	fmt.Fprintf(w, "::error %stitle=%s::%s\n", place, escapeProperty.Replace(title), escapeData.Replace(message))
}
