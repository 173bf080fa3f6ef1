package library

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestTheReadmeIsNoLesson(t *testing.T) {
	if ids, err := IDs(); err != nil || slices.Contains(ids, "README") || !slices.Contains(ids, Main()) {
		t.Errorf("%q %v", ids, err)
	}
}

func TestALessonThatSharesALineIsNoCopy(t *testing.T) {
	original, err := Original(Main())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(original.Source), "\n")
	for name, each := range map[string]struct {
		text string
		copy bool
	}{
		"one line":      {"# Other\n\n```bash\ndocker volume ls\n```\n", false},
		"a few lines":   {"# Other\n\n" + strings.Join(lines[180:200], "") + "\nMore.\n", false},
		"an edited one": {strings.ReplaceAll(string(original.Source), "volume", "storage"), true},
		"CRLF":          {strings.ReplaceAll(string(original.Source), "\n", "\r\n"), true},
		"the half":      {strings.Join(lines[:len(lines)/2], ""), true},
	} {
		path := filepath.Join(t.TempDir(), "mine.md")
		if err := os.WriteFile(path, []byte(each.text), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Setenv(settings.Lesson.Name, path)
		text, err := Judged(Main())
		if isCopy := err == nil && string(text.Source) == each.text; isCopy != each.copy {
			t.Errorf("%s: taken for a copy: %t; %v", name, isCopy, err)
		}
	}
}
