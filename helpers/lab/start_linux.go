package lab

import (
	"context"
	_ "embed"
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

// startLimit bounds each start of an engine, from its command to its first answer.
const startLimit = 60 * time.Second

// machine is what a running machine holds.
type machine struct {
	state   *state
	rootfs  *rootfs
	options options
	keeper  *keeper
	engine  *engine
	network *network
	control *control
	close   sync.Once
	closed  error
}

// Start brings up a release (the name of a file of fixtures/engines, "" for
// DefaultRelease), and builds and caches its root file system where needed.
// The folders in share are seen by the engine at their own paths. Progress is
// told line by line. ctx bounds the start only: the machine runs until Close,
// or until this process ends.
func Start(ctx context.Context, name string, share []string, progress io.Writer, as ...Option) (*Machine, error) {
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
	shares, err := r.shares(share)
	if err != nil {
		return nil, err
	}
	if err := sweep(ctx, progress); err != nil {
		// What cannot be removed now is no reason not to start.
		fmt.Fprintf(progress, "lab: not everything of dead machines could be removed: %v\n", err)
	}
	m := &Machine{Release: r.Name}
	for _, option := range as {
		option(&m.options)
	}
	if err := m.start(ctx, r, shares, progress); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			err = fmt.Errorf("starting %s was cut off: %w", r.Name, context.Cause(ctx)) // what broke by it is no news
		}
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *Machine) start(ctx context.Context, r Release, shares []string, progress io.Writer) (err error) {
	if err := upperFits(); err != nil {
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
		fmt.Fprintf(progress, "lab: %s has come with version %s; %s was expected when it was described\n", r.Name, m.Version, r.Expect)
	}
	if m.state, err = newState(ctx); err != nil {
		return fmt.Errorf("cannot make the folder of a machine: %w", err)
	}
	if err := errors.Join(m.state.furnish(r, shares), built.install(m.state.path("up"))); err != nil {
		return fmt.Errorf("cannot fill the folder of machine %s: %w", m.state.dir, err)
	}
	if m.keeper, err = newKeeper(nil); err != nil {
		return err
	}
	began := time.Now()
	if m.engine, err = startInit(m.keeper, r, m.state, m.Rootfs, m.options); err != nil {
		return fmt.Errorf("cannot start a machine for %s: %w", r.Name, err)
	}
	m.Netns = fmt.Sprintf("/proc/%d/ns/net", m.engine.cmd.Process.Pid)
	if m.network, err = startNetwork(ctx, m.keeper, m.Netns); err != nil {
		return fmt.Errorf("cannot give %s a network: %w", r.Name, err)
	}
	if err := m.engine.start(ctx); err != nil {
		return fmt.Errorf("cannot start %s: %w", r.Name, err)
	}
	m.Host = "unix://" + m.engine.socket
	if m.control, err = serveControl(m); err != nil {
		return fmt.Errorf("cannot serve the control of %s: %w", r.Name, err)
	}
	m.Control = m.control.path
	fmt.Fprintf(progress, "lab: %s (%s) is up after %.1f s\n", r.Name, m.Version, time.Since(began).Seconds())
	return nil
}

// Close ends the machine: its processes, mounts, namespaces, cgroups and files.
// It is bounded, and may be called more than once.
func (m *Machine) Close() error {
	m.close.Do(func() { m.closed = m.tearDown() })
	return m.closed
}

func (m *Machine) tearDown() error {
	var problems []error
	if m.control != nil {
		problems = append(problems, m.control.close())
	}
	if m.engine != nil {
		problems = append(problems, m.engine.kill())
	}
	if m.network != nil {
		problems = append(problems, m.network.close())
	}
	if m.keeper != nil {
		m.keeper.stop()
	}
	if m.state != nil {
		problems = append(problems, m.state.remove(context.Background()))
	}
	if m.rootfs != nil {
		problems = append(problems, m.rootfs.lock.Close())
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("the lab machine of %s is not wholly gone: %w", m.Release, err)
	}
	return nil
}

//go:embed init.sh
var initScript string

// furnish writes what the first process reads, and the release's own files.
func (s *state) furnish(r Release, shares []string) error {
	list := ""
	for _, share := range shares {
		list += share + "\n"
	}
	files := map[string]string{
		s.path("init.sh"): initScript,
		s.path("shares"):  list,
		// slirp4netns answers for the host's name servers at this address.
		s.path("up/etc/resolv.conf"): "nameserver " + nameServer + "\n",
		s.path("up/etc/hosts"):       "127.0.0.1 localhost " + r.Name + "\n::1 localhost\n",
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

// shares returns the folders to bind, outer before inner: each as it was given
// and, where that goes through a symbolic link, as it really is.
func (r Release) shares(dirs []string) ([]string, error) {
	if !r.Shares() {
		return nil, nil
	}
	var all []string
	for _, dir := range dirs {
		resolved, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return nil, fmt.Errorf("cannot share a folder with %s: %w", r.Name, err)
		}
		for _, each := range []string{filepath.Clean(dir), resolved} {
			if err := r.shareable(each); err != nil {
				return nil, err
			}
			all = append(all, each)
		}
	}
	return outerFirst(all), nil
}

func (r Release) shareable(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("cannot share a folder with %s: %w", r.Name, err)
	case !filepath.IsAbs(dir) || !info.IsDir() || strings.Contains(dir, "\n"):
		return fmt.Errorf("cannot share %q with %s: an absolute path of a folder is needed", dir, r.Name)
	}
	for _, own := range append(needed, r.DataRoot) {
		if dir == own {
			return fmt.Errorf("cannot share %s with %s: the engine needs its own; share a folder below it", dir, r.Name)
		}
	}
	return nil
}

func outerFirst(dirs []string) []string {
	slices.Sort(dirs) // a folder sorts before what lies below it
	return slices.Compact(dirs)
}
