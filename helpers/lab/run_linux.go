package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/settings"
)

const (
	// yieldLimit bounds the time a command takes to end after a signal.
	yieldLimit = 60 * time.Second
	// echoLimit is the time in which copies of one signal (from the terminal, go
	// tool and make) may arrive. They count as one.
	echoLimit = time.Second
)

// Run runs a command with the variables of Env in the engine's network
// namespace, where its published ports are. The command inherits the standard
// streams and receives SIGINT, SIGTERM, SIGHUP and SIGQUIT. Run returns the
// command's exit code, or 128 plus the number of the signal that ended it. If ctx,
// from Interruptible, is already cancelled by a signal, Run returns an error.
func (m *Machine) Run(ctx context.Context, command []string) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if ctx.Err() != nil {
		return 0, fmt.Errorf("did not run %s: %w", command[0], context.Cause(ctx))
	}

	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(append(os.Environ(), m.Env()...), settings.Netns.Name+"=") // it is in that namespace already
	shared := foreground()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: !shared}

	thread, err := newSupervisor(m.join)
	if err != nil {
		return 0, fmt.Errorf("join the network of %s: %w", m.Release, err)
	}
	defer thread.stop()
	if err := thread.do(cmd.Start); err != nil {
		return 0, fmt.Errorf("start the command: %w", err)
	}
	return await(cmd, signals, shared)
}

// join moves the calling thread to the machine's network namespace and replaces
// resolv.conf: the host's name server may listen on the host's loopback only.
func (m *Machine) join() error {
	if err := unix.Unshare(unix.CLONE_FS | unix.CLONE_NEWNS); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return os.NewSyscallError("mount", err)
	}
	own := m.state.path("up/etc/resolv.conf")
	if target, err := filepath.EvalSymlinks("/etc/resolv.conf"); err == nil {
		if err := unix.Mount(own, target, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s over %s: %w", own, target, err)
		}
	}
	return joinNetns(m.Netns)
}

// foreground reports whether this process group owns the terminal on standard
// input. The command then stays in the group, can read from the terminal, and
// receives the terminal's signals directly.
func foreground() bool {
	group, err := unix.IoctlGetInt(int(os.Stdin.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func await(cmd *exec.Cmd, signals <-chan os.Signal, shared bool) (int, error) {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var limit <-chan time.Time
	last := map[os.Signal]time.Time{}
	for {
		select {
		case err := <-done:
			return exitCode(err)
		case s := <-signals:
			if time.Since(last[s]) > echoLimit && !(shared && fromTerminal(s)) {
				pass(cmd, s, shared)
			}
			last[s] = time.Now()
			if limit == nil && !(shared && fromTerminal(s)) {
				limit = time.After(yieldLimit)
			}
		case <-limit:
			fmt.Fprintf(os.Stderr, "lab: the command did not end within %s of the signal; killing it\n", yieldLimit)
			pass(cmd, syscall.SIGKILL, shared)
			limit = nil
		}
	}
}

func fromTerminal(s os.Signal) bool { return s == syscall.SIGINT || s == syscall.SIGQUIT }

// pass sends a signal to the command or, like a terminal, to the command's group.
func pass(cmd *exec.Cmd, s os.Signal, shared bool) {
	number, _ := s.(syscall.Signal)
	target := cmd.Process.Pid
	if !shared {
		target = -target
	}
	_ = syscall.Kill(target, number) // it may have ended already
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// Interruptible returns a context that SIGINT, SIGTERM and SIGHUP cancel, for the
// time before Run, which passes signals to its command.
func Interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
}
