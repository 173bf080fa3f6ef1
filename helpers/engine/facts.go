package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Facts are what a run asks an engine once.
type Facts struct {
	result.Engine

	DataRoot    string `json:"dataRoot"`
	CPUs        int    `json:"cpus"`
	Memory      int64  `json:"memory"`   // bytes, of the engine's host or VM
	Swap        int64  `json:"swap"`     // bytes; asked through a probe container
	RootUser    int    `json:"rootUser"` // a container's root as a user ID of the engine's host; -1 if unknown
	UsernsRemap bool   `json:"usernsRemap"`
	NoCgroups   bool   `json:"noCgroups"` // it can neither limit nor pause containers
	Desktop     bool   `json:"desktop"`
	Disposable  bool   `json:"disposable"`
	SharesFiles bool   `json:"sharesFiles"` // a file of this host, bind mounted, was read in a container
	SameFiles   bool   `json:"sameFiles"`   // and had the same inode and device there: one kernel's file system
}

// String describes the engine in one line.
func (f Facts) String() string {
	text := fmt.Sprintf("%s, API %s, %s/%s, %s, kernel %s", f.Engine, f.API, f.OS, f.Arch, f.StorageDriver, f.Kernel)
	for _, trait := range []struct {
		has  bool
		name string
	}{{f.Rootless, "rootless"}, {f.UsernsRemap, "userns-remap"}, {f.Desktop, "Desktop"}, {f.Disposable, "disposable"}} {
		if trait.has {
			text += ", " + trait.name
		}
	}
	return text
}

// Speaks reports whether the engine has that API version or a later one.
func (f Facts) Speaks(api string) bool { return !older(f.API, api) }

// PrunesNamedByDefault tells whether a plain volume prune takes named volumes
// too: before API 1.42 (Docker 23.0), and before Podman 6. Such an engine does
// not know, or refuses, the filter `all`.
func (f Facts) PrunesNamedByDefault() bool {
	if f.Name == "podman" {
		return older(f.Version, "6.0")
	}
	return older(f.API, "1.42")
}

func (e *Engine) ask(ctx context.Context) (Facts, error) {
	version, err := e.api.ServerVersion(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("asking the version of the engine at %s: %w", e.Endpoint.Host, err)
	}
	info, err := e.api.Info(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("asking the engine at %s about itself: %w", e.Endpoint.Host, err)
	}
	if now, err := e.systemTime(info); err == nil {
		ahead := time.Until(now)
		e.Ahead = &ahead
	}
	facts := Facts{
		Engine: result.Engine{
			Name: "docker", Version: version.Version, API: e.api.ClientVersion(), OS: info.OSType,
			OperatingSystem: info.OperatingSystem, Arch: goArch(version.Arch), Kernel: info.KernelVersion,
			StorageDriver: info.Driver, Provider: "host", Release: settings.Release.Get(),
			Sharing: settings.Sharing.Get(), VM: settings.VM.On(),
		},
		DataRoot: info.DockerRootDir, CPUs: info.NCPU, Memory: info.MemTotal,
		Desktop:    strings.Contains(info.OperatingSystem, "Docker Desktop"),
		Disposable: settings.Disposable.On(),
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
	// Docker says "none" there; Podman names the driver that it would have with root.
	facts.NoCgroups = info.CgroupDriver == "none" || facts.Name == "podman" && facts.Rootless && info.CgroupVersion == "1"
	return facts, nil
}

// goArch turns the names that engines use into Go's.
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
