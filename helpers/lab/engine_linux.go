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
	// socketsInside is where init.sh mounts the directory of the sockets.
	socketsInside = "/run/holdfast/sock"
)

// engine is a machine's first process and the engine that it runs.
type engine struct {
	cmd      *exec.Cmd
	socket   string
	log      string
	gone     chan struct{} // closed when the first process has ended
	commands io.WriteCloser

	turn sync.Mutex // serialises starts and ends

	mutex    sync.Mutex
	running  bool
	starts   int
	respawn  bool          // set once the engine has answered: start it again if it ends by itself
	changed  chan struct{} // closed and replaced whenever running changes
	exitCode string        // of the engine's last process
}

// startInit starts the machine's first process, which sets up all mounts and
// then waits for the first start of the engine.
func startInit(thread *supervisor, r Release, s *state, root string, o options) (*engine, error) {
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
	if o.dataSize > 0 {
		e.cmd.Env = append(e.cmd.Env, fmt.Sprintf("HOLDFAST_DATA_SIZE=%d", o.dataSize))
	}
	e.cmd.Stderr = log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true, // this process handles a terminal's Ctrl-C
	}
	if e.commands, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	events, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := thread.do(e.cmd.Start); err != nil {
		return nil, fmt.Errorf("start its first process in new namespaces: %w", err)
	}
	go e.follow(events)
	return e, nil
}

func (r Release) command() []string {
	var command []string
	for _, arg := range r.Command {
		command = append(command, strings.ReplaceAll(arg, "{socket}", socketsInside+"/docker.sock"))
	}
	return command
}

// environment returns the first process's variables. Of the user's it passes
// only the proxies.
func (r Release) environment(s *state, root string, cgroups []string) []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		// Engines that believe to be in a container leave the host's AppArmor
		// alone, where a profile would outlive the machine.
		"container=holdfast",
		"HOLDFAST_ROOTFS=" + root, "HOLDFAST_STATE=" + s.dir, "HOLDFAST_SOCKETS=" + s.sockets,
		"HOLDFAST_DATA_ROOT=" + r.DataRoot, "HOLDFAST_NAME=" + r.Name,
		"HOLDFAST_SHARING=" + string(r.Sharing),
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

// follow records the starts and ends that the first process reports.
func (e *engine) follow(events io.Reader) {
	for lines := bufio.NewScanner(events); lines.Scan(); {
		code, ended := strings.CutPrefix(lines.Text(), "ended ")
		e.record(!ended, code)
	}
	_ = e.cmd.Wait() // its exit status does not matter
	close(e.gone)
}

func (e *engine) record(running bool, code string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.running, e.exitCode = running, code
	if running {
		e.starts++
	}
	close(e.changed)
	e.changed = make(chan struct{})
	if !running && e.respawn {
		// Like a service manager, but only once: an engine that does not start
		// again is the next caller's error, not a loop.
		e.respawn = false
		_, _ = io.WriteString(e.commands, "start\n")
	}
}

// await waits until the first process has reported what reached checks for.
func (e *engine) await(ctx context.Context, reached func() bool) error {
	for {
		e.mutex.Lock()
		done, changed := reached(), e.changed
		e.mutex.Unlock()
		if done {
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

// start starts the engine and waits until it answers, for at most startLimit.
func (e *engine) start(ctx context.Context) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	if err := e.up(ctx); err != nil {
		return e.failed(err)
	}
	return nil
}

func (e *engine) up(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("no answer within %s", startLimit))
	defer cancel()
	e.mutex.Lock()
	before := e.starts
	e.mutex.Unlock()
	if _, err := io.WriteString(e.commands, "start\n"); err != nil {
		return err
	}
	if err := e.await(ctx, func() bool { return e.starts > before }); err != nil {
		return err
	}
	if err := e.awaitAnswer(ctx); err != nil {
		return err
	}
	e.mutex.Lock()
	e.respawn = true
	e.mutex.Unlock()
	return nil
}

func (e *engine) failed(err error) error {
	return fmt.Errorf("%w; last lines of its log:\n%s", err, lastLines(e.log, logLines))
}

// awaitAnswer polls the engine's API until it answers or the engine has ended.
func (e *engine) awaitAnswer(ctx context.Context) error {
	poll, cancel := context.WithCancel(ctx)
	defer cancel()
	var ended error
	err := until(poll, 30*time.Millisecond, func() error {
		e.mutex.Lock()
		running, code := e.running, e.exitCode
		e.mutex.Unlock()
		if !running {
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

// ping requests /_ping of the engine's API.
func ping(ctx context.Context, socket string) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	response, err := client.Get("http://engine/_ping")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", socket, response.Status)
	}
	return nil
}

// replace ends the engine with a signal and waits until a new one answers.
func (e *engine) replace(ctx context.Context, signal syscall.Signal) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	e.mutex.Lock()
	e.respawn = false
	e.mutex.Unlock()
	limited, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it did not end within %s", startLimit))
	defer cancel()
	err := e.cmd.Process.Signal(signal)
	if err == nil {
		err = e.await(limited, func() bool { return !e.running })
	}
	if err == nil {
		err = e.up(ctx)
	}
	if err != nil {
		return e.failed(err)
	}
	return nil
}

// kill ends all of the machine's processes: they share the first one's PID namespace.
func (e *engine) kill() error {
	e.mutex.Lock()
	e.respawn = false
	e.mutex.Unlock()
	_ = e.cmd.Process.Kill()
	defer e.commands.Close()
	select {
	case <-e.gone:
		return nil
	case <-time.After(killLimit):
		return fmt.Errorf("process %d did not end within %s of SIGKILL", e.cmd.Process.Pid, killLimit)
	}
}
