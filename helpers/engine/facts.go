package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Facts describe an engine. A run reads them once.
type Facts struct {
	result.Engine

	DataRoot    string `json:"dataRoot"`
	CPUs        int    `json:"cpus"`
	Memory      int64  `json:"memory"`   // bytes, of the engine's host or VM
	Swap        int64  `json:"swap"`     // bytes; read by a probe container
	RootUser    int    `json:"rootUser"` // a container's root as a user ID of the engine's host; -1 if unknown
	UsernsRemap bool   `json:"usernsRemap"`
	NoCgroups   bool   `json:"noCgroups"` // the engine cannot limit or pause containers
	Desktop     bool   `json:"desktop"`
	LiveRestore bool   `json:"liveRestore"` // Docker's containers keep running while it restarts
	Snapshotter bool   `json:"snapshotter"` // Docker with containerd's image store
	Disposable  bool   `json:"disposable"`
	SharesFiles bool   `json:"sharesFiles"` // a probe container can read a bind-mounted file of this machine
	SameFiles   bool   `json:"sameFiles"`   // and the file has the same inode and device there: it is the same kernel's file system
}

// String describes the engine in one line.
func (f Facts) String() string {
	text := fmt.Sprintf("%s, API %s, %s/%s, %s, kernel %s", f.Engine, f.API, f.OS, f.Arch, f.StorageDriver, f.Kernel)
	for _, trait := range []struct {
		has  bool
		name string
	}{{f.Rootless, "rootless"}, {f.UsernsRemap, "userns-remap"}, {f.Desktop, "Desktop"}, {f.LiveRestore, "live-restore"}, {f.Disposable, "disposable"}} {
		if trait.has {
			text += ", " + trait.name
		}
	}
	return text
}

// Speaks reports whether the engine has that API version or a later one.
func (f Facts) Speaks(api string) bool { return !older(f.API, api) }

// PrunesNamedByDefault reports whether a volume prune without the filter `all` also
// removes named volumes: before API 1.42 (Docker 23.0) and before Podman 6.0. Such
// an engine ignores or refuses the filter.
func (f Facts) PrunesNamedByDefault() bool {
	if f.Name == "podman" {
		return older(f.Version, "6.0")
	}
	return older(f.API, "1.42")
}

// readFacts reads the facts that the API reports.
func (e *Engine) readFacts(ctx context.Context) (Facts, error) {
	version, err := e.api.ServerVersion(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("reading the version of the engine at %s: %w", e.Endpoint.Host, err)
	}
	info, err := e.api.Info(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("reading the info of the engine at %s: %w", e.Endpoint.Host, err)
	}
	if now, err := e.systemTime(info); err == nil {
		ahead := time.Until(now)
		e.Ahead = &ahead
	}
	facts := Facts{
		Engine: result.Engine{
			Name: "docker", Version: version.Version, API: e.api.ClientVersion(), OS: info.OSType,
			OperatingSystem: info.OperatingSystem, Arch: goArch(version.Arch), Kernel: info.KernelVersion,
			StorageDriver: info.Driver, Provider: provider(e.Endpoint.Host, info), Release: settings.Release.Get(),
			Sharing: settings.Sharing.Get(), VM: settings.VM.On(),
		},
		DataRoot: info.DockerRootDir, CPUs: info.NCPU, Memory: info.MemTotal,
		Desktop:     strings.Contains(info.OperatingSystem, "Docker Desktop"),
		LiveRestore: info.LiveRestoreEnabled,
		Snapshotter: slices.ContainsFunc(info.DriverStatus, func(pair [2]string) bool { return strings.HasPrefix(pair[1], "io.containerd.snapshotter") }),
		Disposable:  settings.Disposable.On(),
	}
	if facts.Release != "" {
		facts.Provider = "lab"
	}
	for _, component := range version.Components {
		if strings.Contains(component.Name, "Podman") {
			facts.Name = "podman"
			facts.Version = component.Version
		}
	}
	for _, option := range info.SecurityOptions {
		facts.Rootless = facts.Rootless || strings.Contains(option, "name=rootless")
		facts.UsernsRemap = facts.UsernsRemap || strings.Contains(option, "name=userns")
	}
	// Docker reports "none". Podman reports the driver that it would use as root.
	facts.NoCgroups = info.CgroupDriver == "none" || facts.Name == "podman" && facts.Rootless && info.CgroupVersion == "1"
	return facts, nil
}

// goArch returns Go's name for an architecture.
func goArch(arch string) string {
	switch arch {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	case "armv7l", "armhf":
		return "arm"
	}
	return arch
}

func older(version, than string) bool { return versions.LessThan(version, than) }
