package engine

import (
	"context"
	"errors"
	"time"

	"github.com/docker/docker/api/types/container"
)

// StartContainer starts a created or stopped container.
func (e *Engine) StartContainer(ctx context.Context, id string) error {
	return e.do(ctx, "starting container "+id, func(ctx context.Context) error {
		return e.api.ContainerStart(ctx, id, container.StartOptions{})
	})
}

// StopContainer sends SIGTERM, and SIGKILL after the grace period.
func (e *Engine) StopContainer(ctx context.Context, id string, grace time.Duration) error {
	return e.do(ctx, "stopping container "+id, func(ctx context.Context) error {
		return e.api.ContainerStop(ctx, id, stopOptions(grace))
	})
}

// RestartContainer stops and starts a container in one call.
func (e *Engine) RestartContainer(ctx context.Context, id string, grace time.Duration) error {
	return e.do(ctx, "restarting container "+id, func(ctx context.Context) error {
		return e.api.ContainerRestart(ctx, id, stopOptions(grace))
	})
}

func stopOptions(grace time.Duration) container.StopOptions {
	seconds := int(grace.Seconds())
	return container.StopOptions{Timeout: &seconds}
}

// KillContainer sends SIGKILL.
func (e *Engine) KillContainer(ctx context.Context, id string) error {
	return e.do(ctx, "killing container "+id, func(ctx context.Context) error {
		return e.api.ContainerKill(ctx, id, "SIGKILL")
	})
}

// PauseContainer pauses a running container.
func (e *Engine) PauseContainer(ctx context.Context, id string) error {
	return e.do(ctx, "pausing container "+id, func(ctx context.Context) error { return e.api.ContainerPause(ctx, id) })
}

// UnpauseContainer resumes a paused container.
func (e *Engine) UnpauseContainer(ctx context.Context, id string) error {
	return e.do(ctx, "unpausing container "+id, func(ctx context.Context) error { return e.api.ContainerUnpause(ctx, id) })
}

// RemoveContainer removes a container, and its anonymous volumes if volumes is set.
func (e *Engine) RemoveContainer(ctx context.Context, id string, force, volumes bool) error {
	return e.do(ctx, "removing container "+id, func(ctx context.Context) error {
		return e.api.ContainerRemove(ctx, id, container.RemoveOptions{Force: force, RemoveVolumes: volumes})
	})
}

// WaitContainer waits until the container is not running and returns its exit code.
func (e *Engine) WaitContainer(ctx context.Context, id string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	done, failed := e.api.ContainerWait(ctx, id, container.WaitConditionNotRunning)
	select {
	case response := <-done:
		if response.Error != nil {
			return 0, e.failed(errors.New(response.Error.Message), "waiting for container %s", id)
		}
		return int(response.StatusCode), nil
	case err := <-failed:
		return 0, e.failed(err, "waiting for container %s", id)
	}
}

// Logs returns what the container has written so far.
func (e *Engine) Logs(ctx context.Context, id string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	stream, err := e.api.ContainerLogs(ctx, id, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err == nil {
		defer stream.Close()
		stdout, stderr, err = demultiplex(stream)
	}
	return stdout, stderr, e.failed(err, "reading the log of container %s", id)
}

// do makes one call within Deadline. Its error says what was tried.
func (e *Engine) do(ctx context.Context, what string, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	return e.failed(call(ctx), "%s", what)
}
