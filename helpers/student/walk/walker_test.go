//go:build linux || darwin

package walk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/student"
)

func walker(t *testing.T, p Plan) (*Walker, *student.Session) {
	t.Helper()
	session, err := student.NewSession(student.Config{Dir: t.TempDir()})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewWalker(session, p.File, projects), session
}

func TestAWholeWalk(t *testing.T) {
	p := demoPlan(t, demoLesson)
	w, session := walker(t, p)
	want := []struct {
		kind   string
		result string
		screen string
	}{
		{"file", "", ""},
		{"command", "same", "student@laptop:~/work$ cat notes.txt\none\ntwo\nthree\n"},
		{"edit", "", ""},
		{"command", "fails", "one\ntwo\nIII\nfour\nstudent@laptop:~/work$ ls nowhere\n"},
		{"command", "same", ""},
		{"command", "wording", "inner> echo deep\ndeep\ninner> exit\nexit\n"},
	}
	for i, step := range p.Steps {
		record, err := w.Do(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		if !record.Typed || record.Kind != want[i].kind || record.Result != want[i].result || !strings.Contains(record.Screen(), want[i].screen) {
			t.Errorf("line %d: %s, result %q, want %+v; the screen:\n%s%s", record.Line, record.Kind, record.Result, want[i], record.Screen(), record.Diff)
		}
	}
	data, err := os.ReadFile(filepath.Join(session.Home, "work", "notes.txt"))
	if err != nil || string(data) != "one\ntwo\nIII\n" {
		t.Errorf("%q %v", data, err)
	}
}

func TestABlockIsNotTypedAtTheWrongPrompt(t *testing.T) {
	p := demoPlan(t, demoLesson)
	w, _ := walker(t, p)
	last := p.Steps[len(p.Steps)-1] // its `exit` would end the student's own shell
	record, err := w.Do(t.Context(), last)
	if err == nil || !strings.Contains(err.Error(), "inside inner") || record.Typed || record.Reason == "" {
		t.Errorf("%+v %v", record, err)
	}
}

func TestAHungTerminalIsReplaced(t *testing.T) {
	p := demoPlan(t, demoLesson)
	w, _ := walker(t, p)
	step := p.Steps[4]
	step.Lines = []Line{{Line: step.Lines[0].Line, Within: 1}}
	if _, err := w.Do(t.Context(), step); !errors.Is(err, student.ErrHung) {
		t.Fatal(err)
	}
	if record, err := w.Do(t.Context(), p.Steps[4]); err != nil || !record.Typed {
		t.Errorf("%+v %v", record, err)
	}
}

// TestFilesStayInTheHomeDirectory matters since the walk writes them outside of the
// student's isolation.
func TestFilesStayInTheHomeDirectory(t *testing.T) {
	p := demoPlan(t, demoLesson)
	w, session := walker(t, p)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(session.Home, "work")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Do(t.Context(), p.Steps[0]); err == nil {
		t.Error("a link of the student's was followed")
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Errorf("written: %v", entries)
	}
}
