package engine

import (
	"context"
	"io"
	"time"
)

// CopyFrom reads a path of a container's file system as a tar stream, as
// `docker cp` does. The caller closes it.
func (e *Engine) CopyFrom(ctx context.Context, id, path string) (io.ReadCloser, error) {
	if err := e.Settle(ctx, id); err != nil {
		return nil, err
	}
	stream, _, err := e.api.CopyFromContainer(ctx, id, path)
	return stream, e.failed(err, "copying %s from container %s", path, id)
}

// Settle waits until a container that has ended is unmounted too. Docker
// unmounts it before it says that it has ended; Podman leaves that to a process
// of its own, and what is copied just then comes without the files, and without
// an error: its copyToArchive counts on the mount that it found, and the race is
// that of https://github.com/containers/podman/issues/5747.
func (e *Engine) Settle(ctx context.Context, id string) error {
	if e.Facts.Name != "podman" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		answer, err := e.api.ContainerInspect(ctx, id)
		if err != nil {
			return e.failed(err, "inspecting container %s", id)
		}
		if answer.State == nil || answer.State.Status != "stopped" {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return e.failed(ctx.Err(), "waiting until container %s, which has ended, is unmounted", id)
		}
	}
}
