package compose

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/creack/pty"
	. "github.com/onsi/ginkgo/v2"
)

// sequence is what moves a terminal's cursor and colours its text.
var sequence = regexp.MustCompile(`\x1b(\[[0-9;?]*[ -/]*[@-~]|[78=>])`)

// UpOnTerminal is UpForeground on a terminal: there Compose shows its progress
// in other words than where it writes to a file. What it prints over what stood
// there before comes after it in the answer.
func (p *Project) UpOnTerminal(ctx context.Context, until string) sandbox.Answer {
	GinkgoHelper()
	files, _, err := p.prepare(ctx)
	must(err)
	ctx, cancel := context.WithTimeout(ctx, buildDeadline)
	defer cancel()
	argv := append(slices.Clone(p.tool.Path), "--project-name", p.Name, "--project-directory", p.Dir.Path)
	argv = append(append(argv, files...), "up")
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Dir, command.Env = p.Dir.Path, append(p.environment(), "TERM=xterm", "COMPOSE_MENU=0")
	command.Cancel = func() error { return interrupt(command.Process) }
	command.WaitDelay = parting

	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: 200})
	if errors.Is(err, pty.ErrUnsupported) {
		Skip("this machine has no terminals of the kind that the suite can open")
	}
	must(err)
	defer terminal.Close()
	output := &output{until: until, seen: func() { _ = interrupt(command.Process) }}
	var shown bytes.Buffer
	_, err = io.Copy(output.to(&shown), terminal)
	if errors.Is(err, syscall.EIO) || errors.Is(err, os.ErrClosed) {
		err = nil // the program has closed its side
	}
	err = errors.Join(err, ignoreExit(command.Wait()))

	answer := sandbox.Answer{Command: p.typed([]string{"up"})}
	answer.Result = engine.Result{ExitCode: command.ProcessState.ExitCode(), Stdout: strings.ReplaceAll(sequence.ReplaceAllString(shown.String(), ""), "\r", "\n")}
	started, looked := p.look(ctx)
	p.box.Did(evidence.Step{Did: answer.Command + ", on a terminal", Saw: saw(answer), Containers: started})
	switch {
	case ctx.Err() != nil:
		Fail(p.failure(answer, "no end within its deadline"))
	case !output.found():
		Fail(p.failure(answer, "it ended without having printed "+until))
	case err != nil:
		Fail(p.failure(answer, err.Error()))
	}
	must(looked)
	return answer
}

// ignoreExit leaves out that a program ended with another code than 0.
func ignoreExit(err error) error {
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return nil
	}
	return err
}
