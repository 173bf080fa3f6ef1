package lab

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	killLimit = 20 * time.Second
	// socketsInside is where init.sh mounts the directory of the sockets.
	socketsInside = "/run/holdfast/sock"
)

//go:embed init.sh
var initScript string

// initProcess is a machine's first process. It runs one service.
type initProcess struct {
	cmd      *exec.Cmd
	commands io.WriteCloser
	gone     chan struct{} // closed when the process has ended
}

// startInit starts the first process, which sets up all mounts and then waits for
// the service's first start.
func startInit(thread *supervisor, r Release, s *state, root string, o options) (*initProcess, *service, error) {
	cgroups, err := makeCgroups(s.id)
	if err != nil {
		return nil, nil, err
	}
	log, err := os.Create(s.path("engine.log"))
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	p := &initProcess{gone: make(chan struct{})}
	p.cmd = exec.Command("sh", append([]string{s.path("init.sh"), "enter"}, r.initCommand()...)...)
	p.cmd.Env = r.environment(s, root, cgroups)
	if o.dataSize > 0 {
		p.cmd.Env = append(p.cmd.Env, fmt.Sprintf("HOLDFAST_DATA_SIZE=%d", o.dataSize))
	}
	p.cmd.Stderr = log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true, // this process handles a terminal's Ctrl-C
	}
	if p.commands, err = p.cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	events, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := thread.do(p.cmd.Start); err != nil {
		return nil, nil, fmt.Errorf("start its first process in new namespaces: %w", err)
	}
	run := &service{
		log: log.Name(), limit: startLimit, gone: p.gone, changed: make(chan struct{}),
		send: func(command string) error { _, err := io.WriteString(p.commands, command+"\n"); return err },
		end:  p.signal,
	}
	go func() {
		run.follow(events)
		_ = p.cmd.Wait() // its exit status does not matter
		close(p.gone)
	}()
	return p, run, nil
}

// signal ends the service. init.sh translates SIGUSR1 to SIGTERM and SIGUSR2 to SIGKILL.
func (p *initProcess) signal(s syscall.Signal) error {
	if s == syscall.SIGTERM {
		return p.cmd.Process.Signal(syscall.SIGUSR1)
	}
	return p.cmd.Process.Signal(syscall.SIGUSR2)
}

// kill ends all of the machine's processes: they share the first one's PID namespace.
func (p *initProcess) kill() error {
	_ = p.cmd.Process.Kill()
	defer p.commands.Close()
	select {
	case <-p.gone:
		return nil
	case <-time.After(killLimit):
		return fmt.Errorf("process %d did not end within %s of SIGKILL", p.cmd.Process.Pid, killLimit)
	}
}

// initCommand returns what the first process runs: the engine or its virtual machine.
func (r Release) initCommand() []string {
	if r.VM != nil {
		return []string{"sh", vmDir + "/vm.sh"}
	}
	return r.engineCommand()
}

func (r Release) engineCommand() []string {
	var command []string
	replace := strings.NewReplacer("{socket}", socketsInside+"/docker.sock", "{address}", guestAPI)
	for _, arg := range r.Command {
		command = append(command, replace.Replace(arg))
	}
	return command
}

// environment returns the first process's variables.
func (r Release) environment(s *state, root string, cgroups []string) []string {
	env := append(r.engineEnvironment(),
		"HOLDFAST_ROOTFS="+root, "HOLDFAST_STATE="+s.dir, "HOLDFAST_SOCKETS="+s.sockets,
		"HOLDFAST_DATA_ROOT="+r.DataRoot, "HOLDFAST_NAME="+r.Name,
		"HOLDFAST_SHARING="+string(r.Sharing),
		"HOLDFAST_CGROUP_ROOT="+cgroupRoot, "HOLDFAST_CGROUP="+cgroupPrefix+s.id,
		"HOLDFAST_CGROUPS="+strings.Join(cgroups, " "),
	)
	if r.VM != nil {
		env = append(env, fmt.Sprintf("HOLDFAST_MEMORY=%dM", r.VM.Memory))
	}
	return env
}

// engineEnvironment returns the engine's variables. Of the user's it passes only
// the proxies.
func (r Release) engineEnvironment() []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		// Engines that believe to be in a container leave the host's AppArmor
		// alone, where a profile would outlive the machine.
		"container=holdfast",
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
