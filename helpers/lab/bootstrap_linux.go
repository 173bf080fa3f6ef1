package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/settings"
)

const (
	buildLimit    = 20 * time.Minute // generous, for slow package mirrors
	buildProgress = 5 * time.Second
	buildRepeat   = 30 * time.Second // an unchanged step is reported again after this time
)

// bootstrapScript mounts a /proc for mmdebstrap's own PID namespace, so that
// neither processes nor mounts outlive an interrupted build.
const bootstrapScript = `mount --make-rprivate / && mount -t proc proc /proc && exec mmdebstrap "$@"`

// bootstrap builds the release's root file system in dir, with a log beside it.
func (r Release) bootstrap(ctx context.Context, dir string, progress io.Writer) error {
	fmt.Fprintf(progress, "lab: building the root file system of %s (once, about 25 s) ...\n", r.Name)
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	log, err := os.Create(dir + ".log")
	if err != nil {
		return err
	}
	defer log.Close()
	args := r.mmdebstrap(dir)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", bootstrapScript, "mmdebstrap"}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := runReporting(cmd, log.Name(), progress); err != nil {
		return r.buildError(ctx, dir, args, err, log.Name())
	}
	fmt.Fprintf(progress, "lab: built the root file system of %s in %.0f s\n", r.Name, time.Since(began).Seconds())
	return nil
}

func (r Release) mmdebstrap(dir string) []string {
	args := []string{
		"--variant=minbase", "--mode=root", "--format=directory",
		"--include=" + strings.Join(r.Packages, ","),
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
	}
	for _, option := range r.AptOptions {
		args = append(args, "--aptopt="+option)
	}
	return append(args, r.Suite, dir)
}

// runReporting runs cmd and reports the last line of its log every few seconds.
func runReporting(cmd *exec.Cmd, log string, progress io.Writer) error {
	thread, err := newSupervisor(nil)
	if err != nil {
		return err
	}
	defer thread.stop()
	if err := thread.do(cmd.Start); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	began, tick := time.Now(), time.NewTicker(buildProgress)
	defer tick.Stop()
	var reported string
	var at time.Time
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			if step := lastStep(log); step != reported || time.Since(at) > buildRepeat {
				reported, at = step, time.Now()
				fmt.Fprintf(progress, "lab:   %3.0f s: %s\n", time.Since(began).Seconds(), step)
			}
		}
	}
}

// lastStep returns the last line of mmdebstrap's log that names a step.
func lastStep(log string) string {
	content, _ := os.ReadFile(log)
	lines := strings.FieldsFunc(string(content), func(c rune) bool { return c == '\n' || c == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(strings.TrimPrefix(lines[i], "I: ")); line != "" && !strings.HasPrefix(line, "done") {
			return line
		}
	}
	return "starting"
}

func (r Release) buildError(ctx context.Context, dir string, args []string, err error, log string) error {
	content, _ := os.ReadFile(log)
	output, parent := string(content), filepath.Dir(dir)
	advice := "check that the package mirror is reachable"
	var space unix.Statfs_t
	full := unix.Statfs(parent, &space) == nil && space.Bavail*uint64(space.Bsize) < 64<<20
	if full || strings.Contains(output, "No space left on device") {
		advice = fmt.Sprintf("the disk is full: free about 600 MB, or set %s to a directory with more space", settings.Cache.Name)
	}
	if _, name, found := strings.Cut(output, "E: Unable to locate package "); found {
		advice = fmt.Sprintf("%s has no package %s", r.Suite, strings.Fields(name + " ?")[0])
	}
	if ctx.Err() != nil {
		advice = fmt.Sprintf("it exceeded its limit of %s; %s", buildLimit, advice)
	}
	return fmt.Errorf("cannot build the root file system of %s in %s: mmdebstrap %s: %w; %s; last lines of its output:\n%s",
		r.Name, parent, strings.Join(args, " "), err, advice, nested.LastLines(output, 8))
}
