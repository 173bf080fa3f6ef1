package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	logLines  = 12
	killLimit = 20 * time.Second
	// insideSockets is where init.sh binds the folder of the sockets.
	insideSockets = "/run/holdfast/sock"
)

// engine is a machine's first process and the engine that it runs.
type engine struct {
	cmd    *exec.Cmd
	socket string
	log    string
	gone   chan struct{} // closed when the first process has ended
	tell   io.WriteCloser

	turn sync.Mutex // one start or end at a time

	mutex   sync.Mutex
	runs    bool
	starts  int
	wanted  bool          // once it has answered, an engine that ends by itself is started again
	changed chan struct{} // closed and replaced whenever runs changes
	code    string        // with which it ended last
}

// startInit starts the machine's first process. It waits, with all mounts
// made, for the first start of the engine.
func startInit(k *keeper, r Release, s *state, root string, as options) (*engine, error) {
	cgroups, err := makeCgroups(s.id)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(s.path("engine.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	e := &engine{
		socket: filepath.Join(s.sockets, "docker.sock"), log: log.Name(),
		gone: make(chan struct{}), changed: make(chan struct{}),
	}
	e.cmd = exec.Command("sh", append([]string{s.path("init.sh"), "enter"}, r.command()...)...)
	e.cmd.Env = r.environment(s, root, cgroups)
	if as.dataSize > 0 {
		e.cmd.Env = append(e.cmd.Env, fmt.Sprintf("HOLDFAST_DATA_SIZE=%d", as.dataSize))
	}
	e.cmd.Stderr = log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true, // a terminal's Ctrl-C is the supervisor's to handle
	}
	if e.tell, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	events, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := k.do(e.cmd.Start); err != nil {
		return nil, fmt.Errorf("start its first process in namespaces of its own: %w", err)
	}
	go e.follow(events)
	return e, nil
}

func (r Release) command() []string {
	var command []string
	for _, arg := range r.Command {
		command = append(command, strings.ReplaceAll(arg, "{socket}", insideSockets+"/docker.sock"))
	}
	return command
}

// environment holds nothing of the user's but the proxies.
func (r Release) environment(s *state, root string, cgroups []string) []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		// Tells engines that they run in a container: they leave the host's
		// AppArmor alone, where a profile would outlive the machine.
		"container=holdfast",
		"HOLDFAST_ROOTFS=" + root, "HOLDFAST_STATE=" + s.dir, "HOLDFAST_SOCKETS=" + s.sockets,
		"HOLDFAST_DATA_ROOT=" + r.DataRoot, "HOLDFAST_NAME=" + r.Name,
		"HOLDFAST_CGROUP_ROOT=" + cgroupRoot, "HOLDFAST_CGROUP=" + cgroupPrefix + s.id,
		"HOLDFAST_CGROUPS=" + strings.Join(cgroups, " "),
	}
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"} {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Environment)) {
		env = append(env, name+"="+r.Environment[name])
	}
	return env
}

// follow keeps account of the engine by what the first process says.
func (e *engine) follow(events io.Reader) {
	for lines := bufio.NewScanner(events); lines.Scan(); {
		if code, ended := strings.CutPrefix(lines.Text(), "ended "); ended {
			e.set(false, code)
		} else {
			e.set(true, "")
		}
	}
	_ = e.cmd.Wait() // however it ended: it is gone
	close(e.gone)
}

func (e *engine) set(runs bool, code string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.runs, e.code = runs, code
	if runs {
		e.starts++
	}
	close(e.changed)
	e.changed = make(chan struct{})
	if !runs && e.wanted {
		// As a service manager would, but once: one that does not come up
		// again is the next caller's error, not a loop.
		e.wanted = false
		_, _ = io.WriteString(e.tell, "again\n")
	}
}

// await waits until what the first process said makes it so.
func (e *engine) await(ctx context.Context, so func() bool) error {
	for {
		e.mutex.Lock()
		is, changed := so(), e.changed
		e.mutex.Unlock()
		if is {
			return nil
		}
		select {
		case <-changed:
		case <-e.gone:
			return errors.New("the machine's first process has ended")
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// start starts the engine and waits for its first answer.
func (e *engine) start(ctx context.Context) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.up(ctx)
}

func (e *engine) up(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("no answer within %s", startLimit))
	defer cancel()
	e.mutex.Lock()
	before := e.starts
	e.mutex.Unlock()
	if _, err := io.WriteString(e.tell, "start\n"); err != nil {
		return e.failed(err)
	}
	if err := e.await(ctx, func() bool { return e.starts > before }); err != nil {
		return e.failed(err)
	}
	if err := e.awaitAnswer(ctx); err != nil {
		return e.failed(err)
	}
	e.mutex.Lock()
	e.wanted = true
	e.mutex.Unlock()
	return nil
}

func (e *engine) failed(err error) error {
	return fmt.Errorf("%w; the last lines of its log:\n%s", err, lastLines(e.log, logLines))
}

// awaitAnswer polls the engine's API until it answers or cannot any more.
func (e *engine) awaitAnswer(ctx context.Context) error {
	poll, cancel := context.WithCancel(ctx)
	defer cancel()
	var ended error
	err := until(poll, 30*time.Millisecond, func() error {
		e.mutex.Lock()
		runs, code := e.runs, e.code
		e.mutex.Unlock()
		if !runs {
			ended = fmt.Errorf("the engine ended with exit code %s", code)
			cancel()
			return ended
		}
		return ping(poll, e.socket)
	})
	if err != nil && ended == nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// ping asks the engine whether it is there, as any of its clients would.
func ping(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine/_ping", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", socket, response.Status)
	}
	return nil
}

// replace ends the engine by a signal and waits until a new one answers.
func (e *engine) replace(ctx context.Context, signal syscall.Signal) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	e.mutex.Lock()
	e.wanted = false
	e.mutex.Unlock()
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it did not end within %s", startLimit))
	defer cancel()
	if err := e.cmd.Process.Signal(signal); err != nil {
		return e.failed(err)
	}
	if err := e.await(ctx, func() bool { return !e.runs }); err != nil {
		return e.failed(err)
	}
	return e.up(context.WithoutCancel(ctx))
}

// kill ends the machine's processes, all of them: their namespace ends with the first.
func (e *engine) kill() error {
	e.mutex.Lock()
	e.wanted = false
	e.mutex.Unlock()
	_ = e.cmd.Process.Kill()
	defer e.tell.Close()
	select {
	case <-e.gone:
		return nil
	case <-time.After(killLimit):
		return fmt.Errorf("process %d did not end within %s of SIGKILL", e.cmd.Process.Pid, killLimit)
	}
}
