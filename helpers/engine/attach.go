package engine

import (
	"bufio"
	"context"
	"io"
	"sync"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// Talk is an attachment to a running container's input and output, for a
// program that answers each line with a line.
type Talk struct {
	engine   *Engine
	id       string
	attached types.HijackedResponse
	answers  chan []byte   // closed when the output has ended
	over     chan struct{} // closed by Close
	ended    error         // why the output ended; set before answers is closed
	close    sync.Once
}

// Attach attaches to a running container that was created with an open stdin,
// as `docker attach` does. What it wrote before is not heard, or is, where it
// has only just begun: the greeting is a line that is no answer.
func (e *Engine) Attach(ctx context.Context, id, greeting string) (*Talk, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	attached, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, e.failed(err, "attaching to container %s", id)
	}
	talk := &Talk{engine: e, id: id, attached: attached, answers: make(chan []byte), over: make(chan struct{})}
	reader, writer := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(writer, io.Discard, attached.Reader)
		writer.CloseWithError(err)
	}()
	go talk.listen(reader, greeting+"\n")
	return talk, nil
}

func (t *Talk) listen(from *io.PipeReader, greeting string) {
	defer close(t.answers)
	defer from.Close()
	for lines := bufio.NewReader(from); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.ended = err
			return
		}
		if string(line) == greeting {
			continue
		}
		select {
		case t.answers <- line:
		case <-t.over:
			t.ended = io.ErrClosedPipe
			return
		}
	}
}

// Over tells whether the output has ended: the container has, or the
// connection to it.
func (t *Talk) Over() bool {
	select {
	case _, open := <-t.answers: // nobody asked: an answer there would be an old question's
		return !open
	default:
		return false
	}
}

// Ask says a line, which ends with a line feed, and waits for the answer's.
func (t *Talk) Ask(ctx context.Context, line []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	// A hijacked connection does not heed the context by itself.
	defer context.AfterFunc(ctx, t.Close)()
	if _, err := t.attached.Conn.Write(line); err != nil {
		return nil, t.engine.failed(err, "writing to the input of container %s", t.id)
	}
	select {
	case answer, open := <-t.answers:
		if open {
			return answer, nil
		}
		err := t.ended
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, t.engine.failed(err, "waiting for an answer of container %s", t.id)
	case <-ctx.Done():
		return nil, t.engine.failed(context.Cause(ctx), "waiting for an answer of container %s", t.id)
	}
}

// Close detaches; the container goes on.
func (t *Talk) Close() {
	t.close.Do(func() {
		close(t.over)
		t.attached.Close()
	})
}
