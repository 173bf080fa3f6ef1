package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

const (
	// healthLimit bounds one health check, and the wait for an engine that went away.
	healthLimit = 30 * time.Second
	// minFree is the free disk space, in bytes, below which results are inconclusive.
	minFree = 16 << 20
	// clockJump is the drift between two clocks that only a jump of one explains.
	clockJump = 10 * time.Second
	// diskCheckInterval is how long an answer about the engine's disk stays valid.
	diskCheckInterval = 10 * time.Second
)

// outOfMemorySigns is what engines and kernels print where memory is short, or
// about a container that ended before it began.
var outOfMemorySigns = []string{"OOM-killed", "cannot allocate memory", "exit code 137", "cannot start a stopped process", "container that has stopped"}

// StartSpec marks a spec as running, after waiting for an engine that went
// away to answer again. The returned function marks its end.
func (r *Run) StartSpec(ctx context.Context, id string) (done func()) {
	r.health.awaitEngine(ctx, healthLimit)
	return r.health.track(id)
}

// WithoutMonitor runs an operation that takes the engine away on purpose.
// Docker waits five seconds for its listeners before it exits, so the health
// monitor disconnects first.
func (r *Run) WithoutMonitor(ctx context.Context, operation func(context.Context) error) error {
	r.health.stop()
	defer func() { r.health.stop = r.health.start(ctx) }()
	return operation(ctx)
}

// HealthCheck reports an environment fault that makes an unexpected result
// inconclusive, or "". outcome is the text of that result.
func (r *Run) HealthCheck(outcome string) string {
	ctx, cancel := context.WithTimeout(context.Background(), healthLimit)
	defer cancel()
	if err := r.engine.Ping(ctx); err != nil {
		return err.Error()
	}
	if incident := r.health.incident(); incident != "" {
		return incident
	}
	for _, sign := range outOfMemorySigns {
		if strings.Contains(outcome, sign) {
			return fmt.Sprintf("the engine's host seems to be short of memory, or something there kills processes: %q", sign)
		}
	}
	if now, err := r.engine.Clock(ctx); err == nil && r.skew != nil {
		if gained := time.Until(now) - *r.skew; gained.Abs() > clockJump {
			return fmt.Sprintf("a clock has jumped: since the run began, the engine's clock has gained %s on this machine's", gained.Round(time.Second))
		}
	}
	if err := r.checkWorkDir(); err != nil {
		return err.Error()
	}
	return r.checkDisk(ctx)
}

// checkWorkDir returns an error if the work directory has no room for a small file.
func (r *Run) checkWorkDir() error {
	test := filepath.Join(r.WorkDir, fmt.Sprintf("room-%d", os.Getpid()))
	err := os.WriteFile(test, make([]byte, 64<<10), 0o600)
	if err != nil {
		err = fmt.Errorf("the work directory has no room: %w", err)
	}
	return errors.Join(err, os.Remove(test))
}

// checkDisk reports whether the engine's disk is full. It asks at most once
// per diskCheckInterval.
func (r *Run) checkDisk(ctx context.Context) string {
	if time.Since(r.roomy) < diskCheckInterval {
		return ""
	}
	answer, err := r.once(ctx, probe.Statfs("/"))
	if engine.IsFull(err) {
		return err.Error()
	}
	var disk probe.FileSystem
	if err != nil || json.Unmarshal([]byte(answer.Stdout), &disk) != nil || disk.Bytes == 0 {
		return "" // perhaps the engine is broken, which is for specs to judge
	}
	if disk.Free < minFree {
		return fmt.Sprintf("the disk of %s is full: %d bytes are free", r.engine, disk.Free)
	}
	r.roomy = time.Now()
	return ""
}
