//go:build linux || darwin

package student

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

var inner = Prompt{Name: "inner", Pattern: `inner> `}

const startInner = `PS1='inner> ' bash --norc --noprofile -i`

func open(t *testing.T) (*Session, *Terminal) {
	t.Helper()
	session, err := NewSession(Config{Dir: t.TempDir()})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	terminal, err := session.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return session, terminal
}

func mustType(t *testing.T, terminal *Terminal, line string, expect Expectation) result.Entry {
	t.Helper()
	entry, err := terminal.Type(t.Context(), line, expect)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func TestTypeReturnsWhatIsPrinted(t *testing.T) {
	_, terminal := open(t)
	for _, each := range []struct {
		line, printed string
		status        int
	}{
		{"echo hello", "hello\n", 0},
		{"true", "", 0},
		{"false", "", 1},
		{"printf 'no newline'", "no newline", 0},
		{"printf 'a\\rb\\n\\033[31mred\\033[0m\\n'", "b\nred\n", 0},
		{"echo one \\\n  two \\\n  three", "one two three\n", 0},
		{"echo 'a\tb'", "a       b\n", 0},
		{"echo " + strings.Repeat("x", 300), strings.Repeat("x", 300) + "\n", 0},
		{"sh -c 'exit 7'", "", 7},
		{"for i in 1 2; do\n  echo $i\n\ndone", "1\n2\n", 0},
		{"if true\nthen\n\techo yes\nfi", "yes\n", 0},
		{"f() {\n  echo in f\n}", "", 0},
		{"f", "in f\n", 0},
		{"cat <<'EOF'\na 'b\n  $c\nEOF", "a 'b\n  $c\n", 0},
		{`echo 'student@laptop:~$ '; printf '\033]777;x;b;0\007'`, "student@laptop:~$\n", 0},
	} {
		entry := mustType(t, terminal, each.line, Expectation{})
		if entry.Printed != each.printed || entry.Status != each.status {
			t.Errorf("%q printed %q with status %d, want %q and %d", each.line, entry.Printed, entry.Status, each.printed, each.status)
		}
		if entry.Prompt != "student@laptop:~$ " {
			t.Errorf("%q was typed at the prompt %q", each.line, entry.Prompt)
		}
	}
}

func TestShellsWithinTheShell(t *testing.T) {
	_, terminal := open(t)
	mustType(t, terminal, startInner, Expectation{Opens: &inner})
	if entry := mustType(t, terminal, "echo in here", Expectation{}); entry.Printed != "in here\n" || entry.Inside != "inner" || entry.Status != result.UnknownStatus {
		t.Errorf("inside: %+v", entry)
	}
	deeper := Prompt{Name: "deeper", Pattern: `deeper# `}
	mustType(t, terminal, `PS1='deeper# ' bash --norc --noprofile -i`, Expectation{Opens: &deeper})
	mustType(t, terminal, "exit", Expectation{})
	if terminal.Inside() != "inner" {
		t.Errorf("after the first exit: inside %q", terminal.Inside())
	}
	if entry := mustType(t, terminal, "exit 3", Expectation{}); entry.Status != 3 || terminal.Inside() != "" {
		t.Errorf("after the second exit: inside %q, %+v", terminal.Inside(), entry)
	}
}

func TestWhatDoesNotOpenIsAnError(t *testing.T) {
	_, terminal := open(t)
	entry, err := terminal.Type(t.Context(), "sh -c 'echo refused; exit 4'", Expectation{Opens: &inner})
	if !errors.Is(err, ErrNotOpened) || entry.Status != 4 || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%+v %v", entry, err)
	}
	if terminal.Inside() != "" {
		t.Errorf("inside %q", terminal.Inside())
	}
}

func TestQuestionsAreAnswered(t *testing.T) {
	_, terminal := open(t)
	const line = `read -p 'Sure? [y/N] ' a; echo "got $a"`
	entry := mustType(t, terminal, line, Expectation{Answers: []Answer{{`\[y/N\] `, "y"}}})
	if entry.Printed != "Sure? [y/N] y\ngot y\n" {
		t.Errorf("printed %q", entry.Printed)
	}
	_, err := terminal.Type(t.Context(), "echo no question", Expectation{Answers: []Answer{{`\[y/N\] `, "y"}}})
	if !errors.Is(err, ErrUnasked) {
		t.Error(err)
	}
}

func TestAHungPromptIsAnErrorWithTheScreen(t *testing.T) {
	_, terminal := open(t)
	began := time.Now()
	_, err := terminal.Type(t.Context(), "echo stuck here; sleep 1000", Expectation{Within: time.Second})
	if !errors.Is(err, ErrHung) || !strings.Contains(err.Error(), "| stuck here") {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAShellThatEndsIsAnError(t *testing.T) {
	_, terminal := open(t)
	if _, err := terminal.Type(t.Context(), "exit", Expectation{}); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

func TestServices(t *testing.T) {
	session, terminal := open(t)
	service := `for i in 1 2 3; do echo "line $i"; done; echo ready to serve; trap 'echo stopping; exit 0' INT; while :; do sleep 0.1; done`
	if err := os.WriteFile(filepath.Join(session.Home, "service.sh"), []byte(service), 0o644); err != nil {
		t.Fatal(err)
	}
	entry, err := terminal.Serve(t.Context(), "bash service.sh", Ready{Text: `ready to \w+`}, 5*time.Second)
	if err != nil || !strings.Contains(entry.Printed, "line 1\nline 2\nline 3\nready to serve\n") {
		t.Fatalf("%q %v", entry.Printed, err)
	}
	if _, err := terminal.Type(t.Context(), "echo x", Expectation{}); err == nil {
		t.Error("typed into a busy terminal")
	}
	entry, err = terminal.Stop(t.Context(), 5*time.Second)
	if err != nil || !strings.Contains(entry.Printed, "stopping\n") || entry.Status != 0 {
		t.Errorf("%+v %v", entry, err)
	}
	_, err = terminal.Serve(t.Context(), "echo failing; false", Ready{Text: "ready"}, 5*time.Second)
	if !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), "failing") {
		t.Error(err)
	}
	_, err = terminal.Serve(t.Context(), "echo still starting; sleep 1000", Ready{Text: "ready$"}, time.Second)
	if !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "still starting") {
		t.Error(err)
	}
}

func TestAServiceIsReadyWhenItAnswers(t *testing.T) {
	_, terminal := open(t)
	ready := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-ready:
			w.Write([]byte("hello from the service"))
		default:
			w.WriteHeader(503)
		}
	}))
	defer server.Close()
	time.AfterFunc(300*time.Millisecond, func() { close(ready) })
	if _, err := terminal.Serve(t.Context(), "sleep 1000", Ready{URL: server.URL, Body: "hello"}, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if entry, err := terminal.Stop(t.Context(), 5*time.Second); err != nil || entry.Status != 130 {
		t.Errorf("%+v %v", entry, err)
	}
}

func TestAServiceThatIgnoresCtrlC(t *testing.T) {
	_, terminal := open(t)
	if _, err := terminal.Serve(t.Context(), "trap '' INT; sh -c 'echo up; sleep 1000'", Ready{Text: "^up"}, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := terminal.Stop(t.Context(), time.Second); !errors.Is(err, ErrHung) || !strings.Contains(err.Error(), "twice") {
		t.Error(err)
	}
}

func TestClearKeepsWhatWasPrinted(t *testing.T) {
	_, terminal := open(t)
	entry := mustType(t, terminal, "echo before; printf '\\033[H\\033[2J\\033[3J'; echo after", Expectation{})
	if entry.Printed != "before\nafter\n" {
		t.Errorf("printed %q", entry.Printed)
	}
	if entry = mustType(t, terminal, "echo next", Expectation{}); entry.Printed != "next\n" {
		t.Errorf("then printed %q", entry.Printed)
	}
}

func TestAFailedStartSaysHowLongItTook(t *testing.T) {
	session, err := NewSession(Config{Dir: t.TempDir()})
	if err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(session.bin, "bashrc"), []byte("sleep 1000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = session.Open(ctx)
	if err == nil || !strings.Contains(err.Error(), "cut off after 0.") {
		t.Error(err)
	}
}

func TestCancelling(t *testing.T) {
	_, terminal := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := terminal.Type(ctx, "sleep 1000", Expectation{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
