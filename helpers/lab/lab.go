// Package lab starts private, disposable container engines from distribution
// packages. Each runs on a cached root file system in its own mount, PID,
// network, UTS, IPC and cgroup namespaces, with outbound network access through
// slirp4netns; some run in a virtual machine inside these namespaces. A machine
// never outlives the process that started it, however that process ends.
//
// The lab needs Linux and root. On other systems the package compiles, and
// Available returns an error.
package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Machine is a running lab engine. It ends with the process that called Start,
// also by kill -9.
type Machine struct {
	// Release is the name of the release.
	Release string
	// Version is the version of the engine's package.
	Version string
	// Host is the engine's address for DOCKER_HOST, unix:///.../docker.sock.
	Host string
	// Control is a UNIX socket that speaks HTTP: POST /restart ends the engine
	// with SIGTERM, POST /crash with SIGKILL. In a virtual machine, POST /power-cut
	// kills the machine and POST /reboot reboots it; it boots from the same disk.
	// Each returns once a new engine answers. GET / describes the machine.
	Control string
	// Netns is the network namespace in which the engine publishes ports.
	Netns string
	// Rootfs is the directory of the release's root file system, which also holds
	// the release's client programs. It is shared with other machines: read only.
	Rootfs string
	// Sharing is how the engine gets the host's shared directories.
	Sharing Sharing
	// Accelerator is kvm or tcg if the engine runs in a virtual machine, else empty.
	Accelerator string

	machine // the running machine's parts, on systems that have a lab
}

// Option changes how a machine is started.
type Option func(*options)

type options struct{ dataSize int64 }

// DataSize limits the engine's data to this many bytes, kept in memory: a disk
// that soon fills up.
func DataSize(bytes int64) Option { return func(o *options) { o.dataSize = bytes } }

// Env returns the variables that make a process use this engine. Append them to
// the environment: the last of equal names counts, and the empty ones override
// settings that select another engine.
func (m *Machine) Env() []string {
	return []string{
		"DOCKER_HOST=" + m.Host,
		"DOCKER_CONTEXT=",
		"DOCKER_TLS=",
		"DOCKER_TLS_VERIFY=",
		"DOCKER_CERT_PATH=",
		"DOCKER_API_VERSION=",
		settings.Disposable.Name + "=1",
		settings.Release.Name + "=" + m.Release,
		settings.Control.Name + "=" + m.Control,
		settings.Sharing.Name + "=" + string(m.Sharing),
		settings.VM.Name + "=" + m.inVM(),
	}
}

func (m *Machine) inVM() string {
	if m.Accelerator == "" {
		return ""
	}
	return "1"
}

// DefaultShares returns the directories that a lab engine sees by default: the
// working tree (the nearest parent with a go.mod or .git, else the current
// directory, unless it is one that the engine needs for itself), the cache and
// HOLDFAST_WORK. It creates the last two.
func DefaultShares() ([]string, error) {
	current, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	tree := workingTree(current)
	var shares []string
	if !slices.Contains(reserved, tree) {
		shares = append(shares, tree)
	}
	for setting, dir := range map[settings.Setting]string{
		settings.Cache: settings.CacheDir(), settings.Work: settings.Work.Get(),
	} {
		if dir == "" {
			continue
		}
		if !filepath.IsAbs(dir) { // relative to the top, where users type it
			dir = filepath.Join(tree, dir)
		}
		if err = os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("cannot create %s to share it with the engine: %w; set %s to a writable directory",
				dir, err, setting.Name)
		}
		shares = append(shares, dir)
	}
	slices.Sort(shares)
	return slices.Compact(shares), nil
}

// reserved are directories of the engine's own that a share must not cover.
var reserved = strings.Fields("/ /bin /boot /dev /etc /lib /lib64 /proc /run /run/holdfast /sbin /sys" +
	" /usr /usr/bin /usr/lib /usr/sbin /var /var/lib /var/run")

func workingTree(current string) string {
	for dir := current; ; dir = filepath.Dir(dir) {
		for _, mark := range []string{"go.mod", ".git"} {
			if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			return current
		}
	}
}

// Listed is a release and its state in this host's cache.
type Listed struct {
	Release
	// Cached reports whether the root file system is cached.
	Cached bool
	// Version is the version of the cached engine, empty if not cached.
	Version string
	// Bytes is the size of the root file system, 0 if not cached.
	Bytes int64
	// Unsupported is the reason why this host cannot run the release, or nil.
	Unsupported error
}
