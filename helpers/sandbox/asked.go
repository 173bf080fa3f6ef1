package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"
)

// askProbe asks what only a container can tell: whether it sees this
// machine's files, how much swap there is, and which user is its root.
func (r *Run) askProbe(ctx context.Context) error {
	marker := filepath.Join(r.Work, "marker")
	if err := os.WriteFile(marker, []byte(r.ID), 0o644); err != nil {
		return fmt.Errorf("writing a marker into the work folder: %w; free some space, or point %s elsewhere", err, settings.Work.Name)
	}
	defer os.Remove(marker)
	questions := []probe.Command{probe.Meminfo("SwapTotal"), probe.Read("/proc/self/uid_map"), probe.Read("/marker")}
	// A bind of the Mounts kind is refused where the source is missing; one of
	// the Binds kind would leave an empty folder on a remote engine.
	seeing := engine.Mount{Type: "bind", Source: marker, Target: "/marker", ReadOnly: true}
	answers, err := r.onceEach(ctx, questions, seeing)
	switch {
	case errors.Is(err, probe.ErrGarbled):
		// An engine that spoils what a container prints is for the specs to find out.
		answers, err = r.oneByOne(ctx, questions, seeing)
	case err != nil: // as a rule, that the engine does not see the marker
		answers, err = r.onceEach(ctx, questions)
	}
	if err != nil {
		return err
	}
	swap, users, seen := answers[0], answers[1], answers[2]
	var kilobytes int64
	if _, err := fmt.Sscan(string(swap.Stdout), &kilobytes); err != nil {
		return fmt.Errorf("the probe image does not work on %s: it printed %q for the swap size", r.engine, append(swap.Stdout, swap.Stderr...))
	}
	r.engine.Facts.Swap = kilobytes << 10
	r.engine.Facts.SharesFiles = strings.TrimSpace(string(seen.Stdout)) == r.ID
	if r.engine.Facts.Rootless && os.Geteuid() == 0 {
		r.User, err = rootOf(string(users.Stdout))
	}
	return err
}

// onceEach has one probe container do several deeds.
func (r *Run) onceEach(ctx context.Context, commands []probe.Command, mounts ...engine.Mount) ([]probe.Ended, error) {
	result, err := r.once(ctx, probe.Each(commands...), mounts...)
	if err != nil {
		return nil, err
	}
	answers, err := probe.Answers(result.Stdout, len(commands))
	if err != nil {
		return nil, fmt.Errorf("%w, complained %q and ended with %d on %s", err, result.Stderr, result.ExitCode, r.engine)
	}
	return answers, nil
}

// oneByOne has a container for each deed.
func (r *Run) oneByOne(ctx context.Context, commands []probe.Command, mounts ...engine.Mount) (answers []probe.Ended, err error) {
	for _, command := range commands {
		result, err := r.once(ctx, command, mounts...)
		if err != nil {
			return nil, err
		}
		answers = append(answers, probe.Ended{Code: result.ExitCode, Stdout: []byte(result.Stdout), Stderr: []byte(result.Stderr)})
	}
	return answers, nil
}

// once runs a probe container outside any spec.
func (r *Run) once(ctx context.Context, command probe.Command, mounts ...engine.Mount) (engine.Result, error) {
	id, _, err := r.engine.CreateContainer(ctx, engine.ContainerSpec{
		Name:  fmt.Sprintf("holdfast-%s-%d", r.ID, time.Now().UnixNano()),
		Image: r.Probe, Cmd: command.Args, Mounts: mounts, Labels: map[string]string{RunLabel: r.ID, SpecLabel: r.ID},
	})
	if err != nil {
		return engine.Result{}, err
	}
	defer func() { _ = r.engine.RemoveContainer(ctx, id, true, true) }() // whatever stays is found by its label at the end
	if err := r.engine.StartContainer(ctx, id); err != nil {
		return engine.Result{}, err
	}
	var result engine.Result
	if result.ExitCode, err = r.engine.WaitContainer(ctx, id); err != nil {
		return result, err
	}
	result.Stdout, result.Stderr, err = r.engine.Logs(ctx, id)
	return result, err
}
