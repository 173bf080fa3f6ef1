//go:build linux || darwin

package student

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestACommandThatAsksIsNamedAtOnce(t *testing.T) {
	for line, want := range map[string]struct {
		err  error
		says string
	}{
		"read -p 'Are you sure you want to continue? [y/N] ' a":  {ErrAsks, `Are you sure you want to continue? [y/N] ": answer "y"`},
		"read -p 'Continue? [Y/n] ' a":                           {ErrAsks, `Continue? [Y/n] ": answer "y"`},
		"read -p 'Continue connecting (yes/no)? ' a":             {ErrAsks, `answer "yes"`},
		"read -sp 'Password: ' a":                                {ErrAsks, `Password: "`},
		"echo 'never closed":                                     {ErrIncomplete, "Ctrl-C"},
		"cat <<EOF":                                              {ErrIncomplete, "here-document"},
		startInner:                                               {ErrOtherPrompt, `"inner> "`},
		`PS1='root@0f1e2d3c4b5a:/# ' bash --norc --noprofile -i`: {ErrOtherPrompt, `"root@0f1e2d3c4b5a:/# "`},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			_, terminal := open(t)
			began := time.Now()
			_, err := terminal.Type(t.Context(), line, Expectation{Within: 20 * time.Second})
			if !errors.Is(err, want.err) || !strings.Contains(err.Error(), want.says) {
				t.Errorf("%v, want %q", err, want.says)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestAutoOpensShellsAndAnswersQuestions(t *testing.T) {
	_, terminal := open(t)
	auto := Expectation{Auto: true, Within: 20 * time.Second}
	entry := mustType(t, terminal, `read -p 'Sure? [y/N] ' a; echo "got $a"`, auto)
	if entry.Printed != "Sure? [y/N] y\ngot y\n" {
		t.Errorf("printed %q", entry.Printed)
	}
	mustType(t, terminal, `PS1='root@0f1e2d3c4b5a:\w# ' bash --norc --noprofile -i`, auto)
	if entry = mustType(t, terminal, "cd /usr", auto); entry.Inside != "root@0f1e2d3c4b5a:~#" {
		t.Errorf("inside %q", entry.Inside)
	}
	if entry = mustType(t, terminal, "pwd", auto); entry.Printed != "/usr\n" {
		t.Errorf("printed %q", entry.Printed)
	}
	mustType(t, terminal, "exit", auto)
	if terminal.Inside() != "" {
		t.Errorf("inside %q", terminal.Inside())
	}
	if _, err := terminal.Type(t.Context(), "read -p 'Password: ' a", auto); !errors.Is(err, ErrAsks) {
		t.Error(err)
	}
}

func TestAQuietCommandIsAService(t *testing.T) {
	_, terminal := open(t)
	entry := mustType(t, terminal, "echo up; sleep 1000", Expectation{Auto: true, Foreground: time.Second})
	if entry.Printed != "up\n" && entry.Printed != "up" || !terminal.Busy() {
		t.Errorf("%+v", entry)
	}
	if entry, err := terminal.Stop(t.Context(), 5*time.Second); err != nil || entry.Status != 130 || terminal.Busy() {
		t.Errorf("%+v %v", entry, err)
	}
	if entry = mustType(t, terminal, "echo quick", Expectation{Auto: true, Foreground: time.Second}); entry.Printed != "quick\n" || terminal.Busy() {
		t.Errorf("%+v", entry)
	}
	if terminal.Dir() != "~" {
		t.Errorf("in %q", terminal.Dir())
	}
}

func TestASlowCommandIsNotTakenForAQuestion(t *testing.T) {
	_, terminal := open(t)
	entry := mustType(t, terminal, "printf 'Done? [y/N] maybe > '; sleep 3; echo done", Expectation{})
	if entry.Printed != "Done? [y/N] maybe > done\n" {
		t.Errorf("%q", entry.Printed)
	}
}
