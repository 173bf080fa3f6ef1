package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/settings"
)

const (
	buildLimit    = 20 * time.Minute // a slow mirror is no failure
	buildProgress = 5 * time.Second
	buildPatience = 30 * time.Second // a step that takes longer is told again
)

// bootstrapScript gives mmdebstrap a /proc of its own process namespace, so
// that neither processes nor mounts outlive a build that is cut off.
const bootstrapScript = `mount --make-rprivate / && mount -t proc proc /proc && exec mmdebstrap "$@"`

// bootstrap makes the release's root file system in dir from packages.
func (r Release) bootstrap(ctx context.Context, dir string, progress io.Writer) error {
	fmt.Fprintf(progress, "lab: building the root file system of %s (once, about 25 s) ...\n", r.Name)
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	args := r.mmdebstrap(dir)
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", bootstrapScript, "mmdebstrap"}, args...)...)
	output := &transcript{}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := runReporting(cmd, output, progress); err != nil {
		return r.buildError(ctx, dir, args, err, output)
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

// runReporting runs cmd on a thread that lives as long, and says every few
// seconds how far it has come.
func runReporting(cmd *exec.Cmd, output *transcript, progress io.Writer) error {
	keeper, err := newKeeper(nil)
	if err != nil {
		return err
	}
	defer keeper.stop()
	if err := keeper.do(cmd.Start); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	began, tick := time.Now(), time.NewTicker(buildProgress)
	defer tick.Stop()
	var told string
	var at time.Time
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			if step := output.last(); step != told || time.Since(at) > buildPatience {
				told, at = step, time.Now()
				fmt.Fprintf(progress, "lab:   %3.0f s: %s\n", time.Since(began).Seconds(), step)
			}
		}
	}
}

func (r Release) buildError(ctx context.Context, dir string, args []string, err error, output *transcript) error {
	advice := "see the last lines; is the package mirror reachable from here?"
	var space unix.Statfs_t
	full := strings.Contains(output.String(), "No space left on device")
	if unix.Statfs(parentOf(dir), &space) == nil && space.Bavail*uint64(space.Bsize) < 64<<20 {
		full = true
	}
	if full {
		advice = fmt.Sprintf("the disk is full: free about 600 MB there, or set %s to a folder with more space", settings.Cache.Name)
	}
	if _, missing, found := strings.Cut(output.String(), "E: Unable to locate package "); found {
		advice = fmt.Sprintf("%s has no package %s", r.Suite, strings.Fields(missing + " ?")[0])
	}
	if ctx.Err() != nil {
		advice = fmt.Sprintf("it took longer than %s; %s", buildLimit, advice)
	}
	return fmt.Errorf("cannot build the root file system of %s in %s: mmdebstrap %s: %w; %s; its last lines:\n%s",
		r.Name, parentOf(dir), strings.Join(args, " "), err, advice, tail(output.String(), 8))
}

func parentOf(dir string) string {
	for _, err := os.Stat(dir); err != nil && len(dir) > 1; _, err = os.Stat(dir) {
		dir = dir[:max(1, strings.LastIndexByte(dir, '/'))]
	}
	return dir
}

// transcript keeps a command's output for whoever asks while it grows.
type transcript struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.buffer.Write(p)
}

func (t *transcript) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.buffer.String()
}

// last returns the last line that says something.
func (t *transcript) last() string {
	lines := strings.FieldsFunc(t.String(), func(c rune) bool { return c == '\n' || c == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(strings.TrimPrefix(lines[i], "I: ")); line != "" && !strings.HasPrefix(line, "done") {
			return line
		}
	}
	return "starting"
}
