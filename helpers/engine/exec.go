package engine

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// Result is the exit code and output of a program in a container.
type Result struct {
	ExitCode       int
	Stdout, Stderr string
}

// Exec runs a program in a running container and waits for it to exit.
func (e *Engine) Exec(ctx context.Context, id string, command []string, stdin string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	exec, err := e.startExec(ctx, id, command, stdin)
	if err != nil {
		return Result{}, err
	}
	defer exec.Close()
	stdout, stderr, err := demultiplex(exec.reader)
	if err != nil {
		return Result{}, e.failed(err, "reading the output of %s in container %s", command, id)
	}
	code, err := exec.exitCode(ctx)
	return Result{ExitCode: code, Stdout: stdout, Stderr: stderr}, err
}

// Watch is a program in a container whose output is read line by line.
type Watch struct {
	engine *Engine
	id     string
	reader io.Reader
	closer func()
	lines  *bufio.Scanner
}

// Watch starts a program in a running container. The caller's context bounds it.
func (e *Engine) Watch(ctx context.Context, id string, command []string) (*Watch, error) {
	watch, err := e.startExec(ctx, id, command, "")
	if err != nil {
		return nil, err
	}
	reader, writer := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(writer, writer, watch.reader)
		writer.CloseWithError(err)
	}()
	watch.lines = bufio.NewScanner(reader)
	return watch, nil
}

// Line waits for the next line of output. It returns false at the end.
func (w *Watch) Line() (string, bool) {
	ok := w.lines.Scan()
	return w.lines.Text(), ok
}

// Close closes the connection. The program may keep running.
func (w *Watch) Close() { w.closer() }

func (e *Engine) startExec(ctx context.Context, id string, command []string, stdin string) (*Watch, error) {
	exec, err := e.api.ContainerExecCreate(ctx, id, container.ExecOptions{
		Cmd: command, AttachStdin: stdin != "", AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return nil, e.failed(err, "creating the exec of %s in container %s", command, id)
	}
	attached, err := e.api.ContainerExecAttach(ctx, exec.ID, container.ExecAttachOptions{})
	if err != nil {
		return nil, e.failed(err, "running %s in container %s", command, id)
	}
	stop := context.AfterFunc(ctx, attached.Close) // a hijacked connection ignores the context
	watch := &Watch{engine: e, id: exec.ID, reader: attached.Reader, closer: func() { stop(); attached.Close() }}
	if stdin != "" {
		if _, err := io.Copy(attached.Conn, strings.NewReader(stdin)); err != nil {
			watch.Close()
			return nil, e.failed(err, "writing to %s in container %s", command, id)
		}
		if err := attached.CloseWrite(); err != nil {
			watch.Close()
			return nil, e.failed(err, "closing the input of %s in container %s", command, id)
		}
	}
	return watch, nil
}

func (w *Watch) exitCode(ctx context.Context) (int, error) {
	answer, err := w.engine.api.ContainerExecInspect(ctx, w.id)
	return answer.ExitCode, w.engine.failed(err, "inspecting exec %s", w.id)
}

func demultiplex(stream io.Reader) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	_, err = stdcopy.StdCopy(&out, &errs, stream)
	return out.String(), errs.String(), err
}
