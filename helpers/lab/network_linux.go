package lab

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// nameServer is where slirp4netns forwards queries to the host's name servers.
	nameServer = "10.0.2.3"
	// networkLimit bounds the start and the end of the network's processes.
	networkLimit = 15 * time.Second
)

//go:embed guard.sh
var guardScript string

// network connects a machine's network namespace to the outside and guards it.
type network struct {
	slirp *exec.Cmd
	guard *exec.Cmd
	hold  io.Closer // the guard acts when this is closed, also by this process's death
}

// startNetwork gives the namespace outbound network access. Ports that the
// engine publishes exist only inside.
func startNetwork(ctx context.Context, thread *supervisor, s *state, netns string) (*network, error) {
	if err := inNetns(netns, loopbackUp); err != nil {
		return nil, fmt.Errorf("set the loopback interface up: %w", err)
	}
	n := &network{}
	if err := n.startGuard(netns); err != nil {
		return n, fmt.Errorf("start the guard of its namespace: %w", err)
	}
	if err := n.startSlirp(ctx, thread, s.path("slirp.log"), netns); err != nil {
		return n, fmt.Errorf("slirp4netns: %w", err)
	}
	return n, nil
}

func loopbackUp() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

// startGuard starts the only process that may outlive a killed one that started
// the machine: until it has killed what runs in the namespace.
func (n *network) startGuard(netns string) error {
	namespace, err := os.Open(netns)
	if err != nil {
		return err
	}
	defer namespace.Close()
	n.guard = exec.Command("sh", "-c", guardScript, "holdfast-lab-guard", strconv.Itoa(os.Getpid()))
	n.guard.ExtraFiles = []*os.File{namespace}
	n.guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // out of reach of a terminal's signals
	if n.hold, err = n.guard.StdinPipe(); err != nil {
		return err
	}
	return n.guard.Start()
}

func (n *network) startSlirp(ctx context.Context, thread *supervisor, logFile, netns string) error {
	log, err := os.Create(logFile)
	if err != nil {
		return err
	}
	defer log.Close()
	ready, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ready.Close()
	n.slirp = exec.Command("slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback",
		"--ready-fd=3", "--netns-type=path", netns, "tap0")
	n.slirp.Stdout, n.slirp.Stderr = log, log
	n.slirp.ExtraFiles = []*os.File{write}
	n.slirp.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	err = thread.do(n.slirp.Start)
	write.Close()
	if err != nil {
		n.slirp = nil
		return err
	}
	deadline := time.Now().Add(networkLimit)
	if limit, ok := ctx.Deadline(); ok && limit.Before(deadline) {
		deadline = limit
	}
	if err := ready.SetReadDeadline(deadline); err != nil {
		return err
	}
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		return fmt.Errorf("it did not become ready: %w; last lines of its log:\n%s", err, lastLines(logFile, 5))
	}
	return nil
}

// close ends every process in the namespace, then slirp4netns.
func (n *network) close() error {
	var problems []error
	if n.hold != nil {
		problems = append(problems, n.hold.Close(), reap(n.guard, "the guard of the network namespace"))
	}
	if n.slirp != nil {
		_ = n.slirp.Process.Kill()
		problems = append(problems, reap(n.slirp, "slirp4netns"))
	}
	return errors.Join(problems...)
}

// reap waits for a process that is about to end.
func reap(cmd *exec.Cmd, name string) error {
	if cmd.Process == nil {
		return nil
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(networkLimit):
		return fmt.Errorf("%s (process %d) did not end within %s", name, cmd.Process.Pid, networkLimit)
	}
}
