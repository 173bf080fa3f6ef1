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

// Session is an attachment to the input and output of a container's main
// process, which answers each line of input with a line of output.
type Session struct {
	engine  *Engine
	id      string
	conn    types.HijackedResponse
	answers chan []byte   // closed at the end of the output
	closed  chan struct{} // closed by Close
	err     error         // why the output ended; set before answers is closed
	once    sync.Once
}

// Attach attaches to a running container that was created with an open stdin,
// as `docker attach` does. A line that equals greeting is dropped: whether the
// engine sends what the container wrote before is a race.
func (e *Engine) Attach(ctx context.Context, id, greeting string) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	conn, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, e.failed(err, "attaching to container %s", id)
	}
	s := &Session{engine: e, id: id, conn: conn, answers: make(chan []byte), closed: make(chan struct{})}
	reader, writer := io.Pipe()
	go func() {
		_, err := stdcopy.StdCopy(writer, io.Discard, conn.Reader)
		writer.CloseWithError(err)
	}()
	go s.listen(reader, greeting+"\n")
	return s, nil
}

func (s *Session) listen(output *io.PipeReader, greeting string) {
	defer close(s.answers)
	defer output.Close()
	for lines := bufio.NewReader(output); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			s.err = err
			return
		}
		if string(line) == greeting {
			continue
		}
		select {
		case s.answers <- line:
		case <-s.closed:
			s.err = io.ErrClosedPipe
			return
		}
	}
}

// Ended reports whether the output has ended: the container stopped, or the
// connection broke.
func (s *Session) Ended() bool {
	select {
	case _, open := <-s.answers: // no question is pending: a line here answers an abandoned one
		return !open
	default:
		return false
	}
}

// Ask writes a line, which must end with a newline, and waits for the next line
// of output.
func (s *Session) Ask(ctx context.Context, line []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	defer context.AfterFunc(ctx, s.Close)() // a hijacked connection ignores the context
	if _, err := s.conn.Conn.Write(line); err != nil {
		return nil, s.engine.failed(err, "writing to the input of container %s", s.id)
	}
	var err error
	select {
	case answer, open := <-s.answers:
		if open {
			return answer, nil
		}
		if err = context.Cause(ctx); err == nil {
			err = s.err
		}
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	return nil, s.engine.failed(err, "waiting for an answer from container %s", s.id)
}

// Close detaches. The container keeps running.
func (s *Session) Close() {
	s.once.Do(func() {
		close(s.closed)
		s.conn.Close()
	})
}
