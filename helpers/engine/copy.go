package engine

import (
	"context"
	"io"
	"time"
)

// CopyFrom returns a path of a container's file system as a tar stream, as
// `docker cp` does. The caller closes it.
func (e *Engine) CopyFrom(ctx context.Context, id, path string) (io.ReadCloser, error) {
	if err := e.Settle(ctx, id); err != nil {
		return nil, err
	}
	stream, _, err := e.api.CopyFromContainer(ctx, id, path)
	return stream, e.failed(err, "copying %s from container %s", path, id)
}

// Settle waits until a container that has ended is also unmounted. Docker
// unmounts it before it reports the end. Podman unmounts it in a separate
// process, and a copy taken in between lacks the files without an error
// (https://github.com/containers/podman/issues/5747).
func (e *Engine) Settle(ctx context.Context, id string) error {
	if e.Facts.Name != "podman" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		found, err := e.api.ContainerInspect(ctx, id)
		if err != nil {
			return e.failed(err, "inspecting container %s", id)
		}
		if found.State == nil || found.State.Status != "stopped" {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return e.failed(ctx.Err(), "waiting for stopped container %s to be unmounted", id)
		}
	}
}
