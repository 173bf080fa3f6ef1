package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"
)

// askProbe asks for the facts that only a container knows: whether it sees
// this machine's files, through the same file system or another, how much swap
// there is, and which user its root is.
func (r *Run) askProbe(ctx context.Context) error {
	marker := filepath.Join(r.WorkDir, "marker")
	if err := os.WriteFile(marker, []byte(r.ID), 0o644); err != nil {
		return fmt.Errorf("writing a marker into the work directory: %w; free some space, or set %s to another directory", err, settings.Work.Name)
	}
	defer os.Remove(marker)
	questions := []probe.Command{probe.Meminfo("SwapTotal"), probe.Read("/proc/self/uid_map"), probe.Read("/marker"), probe.Stat("/marker")}
	// Engines refuse a bind in Mounts whose source is missing. In Binds, it
	// would leave an empty directory on a remote engine.
	mount := engine.Mount{Type: "bind", Source: marker, Target: "/marker", ReadOnly: true}
	answers, err := r.onceEach(ctx, questions, mount)
	switch {
	case errors.Is(err, probe.ErrGarbled):
		// Specs will find an engine that garbles a container's output.
		answers, err = r.oneByOne(ctx, questions, mount)
	case err != nil: // usually because the engine does not see the marker
		answers, err = r.onceEach(ctx, questions)
	}
	if err != nil {
		return err
	}
	swap, users, seen := answers[0], answers[1], answers[2]
	var kilobytes int64
	if _, err := fmt.Sscan(string(swap.Stdout), &kilobytes); err != nil {
		return fmt.Errorf("the probe image does not work on %s: asked for the swap size, it printed %q", r.engine, append(swap.Stdout, swap.Stderr...))
	}
	r.engine.Facts.Swap = kilobytes << 10
	r.engine.Facts.SharesFiles = strings.TrimSpace(string(seen.Stdout)) == r.ID
	r.engine.Facts.SameFiles = r.engine.Facts.SharesFiles && sameFile(marker, answers[3].Stdout)
	if r.engine.Facts.RootUser, err = rootUser(string(users.Stdout)); r.engine.Facts.Rootless && os.Geteuid() == 0 {
		r.FileOwner = r.engine.Facts.RootUser
		return err
	}
	return nil
}

// sameFile reports whether the status that a container printed is that of the
// file on this machine.
func sameFile(path string, printed []byte) bool {
	var there probe.Status
	here := fileops.NewSession().Do(fileops.Status(path))[0].Stat
	return here != nil && json.Unmarshal(printed, &there) == nil && here.Inode == there.Inode && here.Device == there.Device
}

// rootUser returns the user ID on the engine's host of a container's root,
// from the container's /proc/self/uid_map.
func rootUser(uidMap string) (int, error) {
	line, _, _ := strings.Cut(uidMap, "\n")
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "0" {
		return -1, fmt.Errorf("/proc/self/uid_map in a container begins with %q, which does not map root", line)
	}
	return strconv.Atoi(words[1])
}

// onceEach runs several operations in one probe container.
func (r *Run) onceEach(ctx context.Context, commands []probe.Command, mounts ...engine.Mount) ([]probe.Ended, error) {
	result, err := r.once(ctx, probe.Each(commands...), mounts...)
	if err != nil {
		return nil, err
	}
	answers, err := probe.Answers(result.Stdout, len(commands))
	if err != nil {
		return nil, fmt.Errorf("%w; stderr %q, exit code %d on %s", err, result.Stderr, result.ExitCode, r.engine)
	}
	return answers, nil
}

// oneByOne runs each operation in a container of its own.
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
		Image: r.Probe, Cmd: command.Args, Mounts: mounts, Labels: map[string]string{Label: r.ID, SpecLabel: r.ID},
	})
	if err != nil {
		return engine.Result{}, err
	}
	defer func() { _ = r.engine.RemoveContainer(ctx, id, true, true) }() // the run's end finds it by its label if this fails
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
