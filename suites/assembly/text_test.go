package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/settings"

	"github.com/holdfast/holdfast/scenarios"
)

// judged reads a text instead of the lesson.
func judged(t *testing.T, source string) text.Text {
	t.Helper()
	name := filepath.Join(t.TempDir(), "copy.md")
	if err := os.WriteFile(name, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(settings.Lesson.Name, name)
	catalogue, err := scenarios.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	read, err := text.Read(catalogue, library.Main())
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func original(t *testing.T) string {
	t.Helper()
	text, err := library.Original(library.Main())
	if err != nil {
		t.Fatal(err)
	}
	return string(text.Source)
}

// findings returns what is reported to the author of a text.
func findings(text text.Text) (all []string) {
	for _, place := range text.Drift() {
		all = append(all, fmt.Sprintf("%d: %s: %s", place.Found.Drift.Line, place.Name, place.Found.Drift))
	}
	for _, statement := range text.Unclaimed() {
		all = append(all, fmt.Sprintf("%d: unclaimed %s: %s", statement.Line, statement.Kind, statement.Text))
	}
	return all
}

func TestEditsOfTheLessonAreReportedAsWhatTheyAre(t *testing.T) {
	text := original(t)
	known := map[string]bool{}
	for _, finding := range findings(judged(t, text)) {
		_, what, _ := strings.Cut(finding, ": ")
		known[what] = true
	}
	swap := func(old, fresh string) string {
		if strings.Count(text, old) == 0 {
			t.Fatalf("the lesson has no %q", old)
		}
		return strings.Replace(text, old, fresh, 1)
	}
	line := func(text, part string) int { return 1 + strings.Count(text[:strings.Index(text, part)], "\n") }
	block := "```bash\ndocker volume rm my-data\n```\n"
	moving := "Changes on the host are immediately visible in the container.\n\n"
	const limit = "By default, tmpfs can use up to 50% of your host's RAM."
	for name, c := range map[string]struct {
		edited string
		near   string   // in the edited text, on the line that is named
		want   []string // each in one of the findings
	}{
		"a sentence reworded": {swap("When you delete a container, everything inside it vanishes.", "When you remove a container, all that is inside it vanishes."),
			"When you remove", []string{"ephemeral/everything-inside-vanishes: edited:", "[-delete-] {+remove+}"}},
		"a paragraph moved": {strings.Replace(strings.Replace(text, moving, "", 1), "Sometimes you want to mount data", moving+"Sometimes you want to mount data", 1),
			"Changes on the host are immediately", []string{"moved:", `it is in "Read-Only Bind Mounts"`}},
		"a sentence added": {swap(limit, limit+" On Fridays it can use all of it."),
			"On Fridays", []string{"unclaimed sentence: On Fridays it can use all of it."}},
		"another size in the example": {swap("--tmpfs /run/secrets:size=1m \\", "--tmpfs /run/secrets:size=2m \\"),
			"size=2m", []string{"edited:", "size=2m"}},
		"another size in the text": {swap("exactly 1MB", "exactly 2MB"), "exactly 2MB", []string{"edited:", "{+2MB"}},
		"an output changed by one character": {swap("DRIVER    VOLUME NAME\nlocal     my-data", "DRIVER    VOLUME NAME\nlocal     my-date"),
			"my-date", []string{"edited:", "my-date"}},
		"a block removed":   {swap(block, ""), "", []string{"volumes/rm-where-the-lesson-types-it: "}},
		"a table row added": {swap("| **azure** |", "| **floppy** | Floppy disks | Museums |\n| **azure** |"), "floppy", []string{"unclaimed row: | **floppy**"}},
	} {
		t.Run(name, func(t *testing.T) {
			var fresh []string
			for _, finding := range findings(judged(t, c.edited)) {
				if _, what, _ := strings.Cut(finding, ": "); !known[what] {
					fresh = append(fresh, finding)
				}
			}
			all := strings.Join(fresh, "\n")
			for _, want := range c.want {
				if !strings.Contains(all, want) {
					t.Errorf("%q is not reported:\n%s", want, all)
				}
			}
			if c.near != "" && !strings.Contains("\n"+all, fmt.Sprintf("\n%d: ", line(c.edited, c.near))) {
				t.Errorf("line %d is not named:\n%s", line(c.edited, c.near), all)
			}
			if len(fresh) > 6 {
				t.Errorf("one edit is reported %d times:\n%s", len(fresh), all)
			}
		})
	}
}

func TestTheCorrectedLessonIsTheCatalogues(t *testing.T) {
	first := judged(t, original(t))
	corrected, err := first.Corrected()
	if err != nil {
		t.Fatal(err)
	}
	text := judged(t, string(corrected))
	for _, place := range text.Drift() {
		t.Errorf("%s: %s", place.Name, place.Found.Drift)
	}
	for _, place := range text.Places {
		if c := place.Claim; c != nil && c.Erratum != nil && !text.CorrectedClaims[c.ID] {
			t.Errorf("%s is not found corrected", c.ID)
		}
	}
	again, err := text.Corrected()
	if err != nil || string(again) != string(corrected) {
		t.Errorf("there is something left to correct: %v\n%s", err, lesson.Patch("lesson.md", corrected, again))
	}
}

func TestTheUntouchedLessonHasNothingCorrected(t *testing.T) {
	if text := judged(t, original(t)); len(text.CorrectedClaims) > 0 {
		t.Errorf("%v", text.CorrectedClaims)
	}
	if text := judged(t, original(t)+"\nOne more line.\n"); len(text.CorrectedClaims) > 0 || len(text.Drift()) > 0 {
		t.Errorf("%v, %v", text.CorrectedClaims, text.Drift())
	}
}

func TestATextOfNoLessonIsRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "other.md")
	if err := os.WriteFile(name, []byte("# Something else\n\nEntirely.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(settings.Lesson.Name, name)
	if _, err := library.Judged(library.Main()); err == nil || !strings.Contains(err.Error(), "is not a copy of any lesson") {
		t.Errorf("%v", err)
	}
	t.Setenv(settings.Lesson.Name, name+".gone")
	if _, err := library.Judged(library.Main()); err == nil || !strings.Contains(err.Error(), settings.Lesson.Name) {
		t.Errorf("%v", err)
	}
}
