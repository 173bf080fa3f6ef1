//go:build unix

package assembly

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/run"

	"github.com/creack/pty"
)

const child = "HOLDFAST_TEST_PROGRESS"

// TestMain is the process whose output the tests read: a run of which 3 of 12 specs are done.
func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	looks := make(chan struct{}, 10)
	p := &progress{out: os.Stdout, terminal: onTerminal(), total: 12, began: time.Now(), look: func() []run.Activity {
		looks <- struct{}{}
		return []run.Activity{{Done: 1, Spec: "keeps its data " + strings.Repeat("ä", 80), Since: time.Now().Add(-time.Minute)}, {Done: 2, Spec: "is new", Since: time.Now()}}
	}}
	looked := func() { // what it looks for, it writes before it does anything else
		select {
		case <-looks:
		case <-time.After(10 * time.Second):
			os.Exit(3)
		}
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	stop := p.follow(interrupts)
	if p.terminal {
		looked() // the first line
	} else {
		p.show(time.Now())
	}
	looked()
	_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
	looked()
	stop()
}

func TestATerminalHasOneLineThatIsRewritten(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), child+"=1", "TERM=xterm")
	terminal, err := pty.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var seen bytes.Buffer
	_, _ = io.Copy(&seen, terminal) // it ends with an error when the process does
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	shown, cleaned, found := strings.Cut(seen.String(), "Interrupted. Cleaning:")
	if !found {
		t.Fatalf("it does not say what is cleaned: %q", seen.String())
	}
	lines := strings.Split(shown, erase)
	if len(lines) < 4 || strings.Contains(strings.Join(lines[:len(lines)-1], ""), "\n") {
		t.Errorf("want at least two rewritten lines and their removal, got %q", lines)
	}
	for _, line := range lines[1:3] {
		if !regexp.MustCompile(`^3 of 12 specs done in \ds, waiting for \(1m\ds\): keeps its data ä+…$`).MatchString(line) || len([]rune(line)) > 79 {
			t.Errorf("got %q", line)
		}
	}
	for _, want := range []string{"keeps its data", "is new", "work directory", "make clean"} {
		if !strings.Contains(cleaned, want) {
			t.Errorf("no %q in %q", want, cleaned)
		}
	}
}

func TestALogHasLines(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), child+"=1")
	output, err := command.CombinedOutput()
	if err != nil || strings.Contains(string(output), "\x1b") || !strings.Contains(string(output), "\n3 of 12 specs done in 0s, waiting for (1m0s): keeps its data ä") {
		t.Errorf("%v: %q", err, output)
	}
	if p := (&progress{}); p.every() != 15*time.Second {
		t.Errorf("a line each %s", p.every())
	}
}
