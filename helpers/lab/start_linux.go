package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// startLimit bounds each start of an engine, until its first answer.
const startLimit = 60 * time.Second

// machine holds the parts of a running machine.
type machine struct {
	state   *state
	rootfs  *rootfs
	options options
	thread  *supervisor
	init    *initProcess
	vm      *vm // nil without a virtual machine
	engine  *service
	network *network
	control *control
	close   sync.Once
	closed  error
}

// Start starts the release called name, "" for DefaultRelease, and builds its root
// file system unless it is cached. The engine sees the directories in share at
// the same paths. Start writes lines to progress, unless nil. ctx bounds the start
// only: the machine runs until Close or until this process ends.
func Start(ctx context.Context, name string, share []string, progress io.Writer, with ...Option) (*Machine, error) {
	if progress == nil {
		progress = io.Discard
	}
	r, err := Find(name)
	if err != nil {
		return nil, err
	}
	if err := Available(); err != nil {
		return nil, err
	}
	if err := r.supported(); err != nil {
		return nil, fmt.Errorf("this host cannot run %s: %w", r.Name, err)
	}
	shares, err := r.shares(share)
	if err != nil {
		return nil, err
	}
	if err := sweep(ctx, progress); err != nil {
		fmt.Fprintf(progress, "lab: cannot remove all leftovers of dead machines: %v\n", err)
	}
	m := &Machine{Release: r.Name, Sharing: r.Sharing}
	for _, option := range with {
		option(&m.options)
	}
	if err := m.start(ctx, r, shares, progress); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			err = fmt.Errorf("starting %s was interrupted: %w", r.Name, context.Cause(ctx)) // err is a consequence
		}
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *Machine) start(ctx context.Context, r Release, shares []string, progress io.Writer) (err error) {
	if err := checkUpper(); err != nil {
		return err
	}
	if m.rootfs, err = r.ensureRootfs(ctx, progress); err != nil {
		return err
	}
	built, err := r.ensureBuilt(ctx, progress)
	if err != nil {
		return err
	}
	m.Version, m.Rootfs = m.rootfs.version, m.rootfs.root()
	if built.version != "" {
		m.Version = built.version
	}
	if !r.asExpected(m.Version) {
		fmt.Fprintf(progress, "lab: %s has version %s; its description expects %s\n", r.Name, m.Version, r.Expect)
	}
	if m.state, err = newState(ctx); err != nil {
		return fmt.Errorf("cannot create the directory of a machine: %w", err)
	}
	if err := errors.Join(m.state.populate(r, shares), built.install(m.state.path("up"))); err != nil {
		return fmt.Errorf("cannot populate the directory of machine %s: %w", m.state.dir, err)
	}
	if m.thread, err = newSupervisor(nil); err != nil {
		return err
	}
	began := time.Now()
	if m.init, m.engine, err = startInit(m.thread, r, m.state, m.Rootfs, m.options); err != nil {
		return fmt.Errorf("cannot start a machine for %s: %w", r.Name, err)
	}
	m.Netns = fmt.Sprintf("/proc/%d/ns/net", m.init.cmd.Process.Pid)
	if m.network, err = startNetwork(ctx, m.thread, m.state, m.Netns); err != nil {
		return fmt.Errorf("cannot start the network of %s: %w", r.Name, err)
	}
	if err := m.startEngine(ctx, r); err != nil {
		return fmt.Errorf("cannot start %s: %w", r.Name, err)
	}
	if m.control, err = serveControl(m); err != nil {
		return fmt.Errorf("cannot serve the control socket of %s: %w", r.Name, err)
	}
	m.Control = m.control.path
	where := ""
	if m.vm != nil {
		where = " in a virtual machine with " + m.Accelerator
	}
	fmt.Fprintf(progress, "lab: %s (%s) is up%s after %.1f s\n", r.Name, m.Version, where, time.Since(began).Seconds())
	return nil
}

// startEngine starts the engine, in its virtual machine if it has one.
func (m *Machine) startEngine(ctx context.Context, r Release) (err error) {
	socket := filepath.Join(m.state.sockets, "docker.sock")
	m.Host = "unix://" + socket
	if r.VM == nil {
		m.engine.ready = func(ctx context.Context) error { return awaitAnswer(ctx, m.engine, socket) }
		return m.engine.start(ctx)
	}
	qemu := m.engine
	if m.vm, err = newVM(m.state, m.Netns, qemu); err != nil {
		return err
	}
	m.engine = m.vm.engine
	err = qemu.start(ctx)
	m.Accelerator = m.vm.accelerator
	return err
}

// Close ends the machine and removes its mounts, cgroups and files. Its waits are
// bounded, and it may be called more than once.
func (m *Machine) Close() error {
	m.close.Do(func() { m.closed = m.tearDown() })
	return m.closed
}

func (m *Machine) tearDown() error {
	var problems []error
	if m.control != nil {
		problems = append(problems, m.control.close())
	}
	if m.vm != nil {
		problems = append(problems, m.vm.close())
		m.vm.qemu.setRespawn(false)
	}
	if m.init != nil {
		m.engine.setRespawn(false)
		problems = append(problems, m.init.kill())
	}
	if m.network != nil {
		problems = append(problems, m.network.close())
	}
	if m.thread != nil {
		m.thread.stop()
	}
	if m.state != nil {
		problems = append(problems, m.state.remove(context.Background()))
	}
	if m.rootfs != nil {
		problems = append(problems, m.rootfs.lock.Close())
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("cannot remove all of the lab machine %s: %w", m.Release, err)
	}
	return nil
}

// populate writes the files that the first process reads, and the release's.
func (s *state) populate(r Release, shares []string) error {
	files := map[string]string{
		s.path("init.sh"):            initScript,
		s.path("shares"):             strings.Join(append(shares, ""), "\n"),
		s.path("up/etc/resolv.conf"): "nameserver " + nameServer + "\n",
		s.path("up/etc/hosts"):       "127.0.0.1 localhost " + r.Name + "\n::1 localhost\n",
	}
	if r.VM != nil {
		dir := filepath.Join(s.path("up"), vmDir)
		files[filepath.Join(dir, "vm.sh")] = vmScript
		files[filepath.Join(dir, "guest.sh")] = guestScript
		files[filepath.Join(dir, "engine.sh")] = r.engineScript()
		files[filepath.Join(dir, "shares")] = files[s.path("shares")]
	}
	for name, content := range r.Files {
		files[filepath.Join(s.path("up"), name)] = content
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// shares returns the directories to mount, parents before children: each as given
// and with its symbolic links resolved.
func (r Release) shares(dirs []string) ([]string, error) {
	if r.Sharing == None {
		return nil, nil
	}
	var all []string
	for _, dir := range dirs {
		resolved, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return nil, fmt.Errorf("cannot share a directory with %s: %w", r.Name, err)
		}
		for _, each := range []string{filepath.Clean(dir), resolved} {
			if err := r.shareable(each); err != nil {
				return nil, err
			}
			all = append(all, each)
		}
	}
	slices.Sort(all) // a directory sorts before those below it
	return slices.Compact(all), nil
}

func (r Release) shareable(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("cannot share a directory with %s: %w", r.Name, err)
	case !filepath.IsAbs(dir) || !info.IsDir() || strings.Contains(dir, "\n"):
		return fmt.Errorf("cannot share %q with %s: need the absolute path of a directory", dir, r.Name)
	}
	for _, own := range append(reserved, r.DataRoot) {
		if dir == own {
			return fmt.Errorf("cannot share %s with %s: the engine needs its own; share a directory below it", dir, r.Name)
		}
	}
	return nil
}
