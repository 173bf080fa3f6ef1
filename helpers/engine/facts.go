package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Facts are what was asked of the engine once.
type Facts struct {
	Name            string `json:"name"` // docker or podman
	Version         string `json:"version"`
	API             string `json:"api"` // negotiated with this client
	OS              string `json:"os"`  // of its containers: linux
	OperatingSystem string `json:"operatingSystem"`
	Arch            string `json:"arch"` // as Go names it
	Kernel          string `json:"kernel"`
	StorageDriver   string `json:"storageDriver"`
	DataRoot        string `json:"dataRoot"`
	CPUs            int    `json:"cpus"`
	Memory          int64  `json:"memory"` // bytes, of the engine's host or VM
	Swap            int64  `json:"swap"`   // bytes; asked through a probe container
	Rootless        bool   `json:"rootless"`
	UsernsRemap     bool   `json:"usernsRemap"`
	NoCgroups       bool   `json:"noCgroups"` // it can neither limit nor pause containers
	Desktop         bool   `json:"desktop"`
	Compose         string `json:"compose"`  // version of the compose that is tested, empty where none is
	Provider        string `json:"provider"` // host or lab
	Release         string `json:"release"`  // of the lab, empty on a host
	Disposable      bool   `json:"disposable"`
	SharesFiles     bool   `json:"sharesFiles"` // a file of this host, bind mounted, was read in a container
}

// Label is the engine in a few words, for file names: "docker-26.1.5" or the lab's release.
func (f Facts) Label() string {
	if f.Release != "" {
		return f.Release
	}
	clean := func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}
	return filepath.Base(strings.Map(clean, f.Name+"-"+f.Version))
}

// String is the engine in one line.
func (f Facts) String() string {
	text := fmt.Sprintf("%s %s, API %s, %s/%s, %s, kernel %s", f.Name, f.Version, f.API, f.OS, f.Arch, f.StorageDriver, f.Kernel)
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
	if now, err := e.now(info); err == nil {
		ahead := time.Until(now)
		e.Ahead = &ahead
	}
	facts := Facts{
		Name: "docker", Version: version.Version, API: e.api.ClientVersion(), OS: info.OSType,
		OperatingSystem: info.OperatingSystem, Arch: goArch(version.Arch), Kernel: info.KernelVersion,
		StorageDriver: info.Driver, DataRoot: info.DockerRootDir, CPUs: info.NCPU, Memory: info.MemTotal,
		Desktop:    strings.Contains(info.OperatingSystem, "Docker Desktop"),
		Provider:   "host",
		Release:    settings.Release.Get(),
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

// JSON is for handing the facts to a run's other processes.
func (f Facts) JSON() []byte {
	data, err := json.Marshal(f)
	if err != nil {
		panic(err) // strings, numbers and booleans only
	}
	return data
}
