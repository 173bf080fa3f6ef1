// Package lab brings up private, disposable container engines from
// distribution packages: each in mount, pid, network, UTS, IPC and cgroup
// namespaces of its own, on a cached root file system, with outbound network
// by slirp4netns. A machine lives no longer than the process that started it,
// however that process ends.
//
// It needs Linux and root; elsewhere everything compiles and Available says so.
package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Machine is a running lab engine. Its supervisor is the process that called
// Start: when that ends, by kill -9 too, the machine ends with it.
type Machine struct {
	// Release is the name of the release that runs.
	Release string
	// Version is the version of the engine's package.
	Version string
	// Host is the engine's address for DOCKER_HOST, unix:///.../docker.sock.
	Host string
	// Control is a UNIX socket that speaks HTTP: POST /restart ends the engine
	// by SIGTERM, POST /crash by SIGKILL, and both answer when a new engine
	// does; GET / describes the machine.
	Control string
	// Netns is the network namespace in which the engine publishes ports.
	Netns string
	// Rootfs is the folder of the release's pristine root file system: to be
	// read (it holds the release's own client programs), never written.
	Rootfs string

	machine // what a running machine holds on this operating system
}

// Option changes how a machine is started.
type Option func(*options)

type options struct{ dataSize int64 }

// DataSize keeps the engine's data in memory, and no more than that many bytes
// of it: a disk that is soon full.
func DataSize(bytes int64) Option { return func(o *options) { o.dataSize = bytes } }

// Env returns the variables that make a process use this engine and no other.
// They are to follow those of the environment: the last of equal names counts.
// The empty ones undo what would lead elsewhere.
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
	}
}

// DefaultShares returns the folders that a lab engine sees by default: the
// working tree (the enclosing folder with a go.mod or .git, else the current
// one, unless the engine needs its own there), the cache and HOLDFAST_WORK.
func DefaultShares() ([]string, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var shares []string
	if tree := workingTree(here); !slices.Contains(needed, tree) {
		shares = append(shares, tree)
	}
	for setting, dir := range map[settings.Setting]string{
		settings.Cache: settings.CacheDir(), settings.Work: settings.Work.Get(),
	} {
		if dir == "" {
			continue
		}
		if !filepath.IsAbs(dir) { // as people type it, at the top
			dir = filepath.Join(workingTree(here), dir)
		}
		if err = os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("cannot make the folder %s, to share it with the engine: %w; set %s to a folder that can be written to",
				dir, err, setting.Name)
		}
		shares = append(shares, dir)
	}
	slices.Sort(shares)
	return slices.Compact(shares), nil
}

// needed are the folders of the engine's own that a share must not cover.
var needed = strings.Fields("/ /bin /boot /dev /etc /lib /lib64 /proc /run /run/holdfast /sbin /sys" +
	" /usr /usr/bin /usr/lib /usr/sbin /var /var/lib /var/run")

func workingTree(here string) string {
	for dir := here; ; dir = filepath.Dir(dir) {
		for _, mark := range []string{"go.mod", ".git"} {
			if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			return here
		}
	}
}

// Listed is a release with what this machine's cache holds of it.
type Listed struct {
	Release
	// Cached tells whether the root file system is there.
	Cached bool
	// Came is the version of the engine's package in it, empty where not cached.
	Came string
	// Bytes is the root file system's size, 0 where not cached.
	Bytes int64
}
