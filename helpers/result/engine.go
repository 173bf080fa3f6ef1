package result

import (
	"regexp"
	"strings"
)

// Engine describes a container engine.
type Engine struct {
	Name            string `json:"name"` // docker or podman
	Version         string `json:"version"`
	API             string `json:"api"` // negotiated with this client
	OS              string `json:"os"`  // of its containers: linux
	OperatingSystem string `json:"operatingSystem"`
	Arch            string `json:"arch"` // as Go names it
	Rootless        bool   `json:"rootless"`
	Kernel          string `json:"kernel"`
	StorageDriver   string `json:"storageDriver"`
	Compose         string `json:"compose"`           // version of the Compose under test, empty if there is none
	Provider        string `json:"provider"`          // lab, host, or the product that runs the engine, such as colima
	Release         string `json:"release"`           // of the lab, empty on a host
	Sharing         string `json:"sharing,omitempty"` // how a lab engine gets the host's files: native, sshfs, virtiofs, 9p, none
	VM              bool   `json:"vm,omitempty"`      // the lab runs the engine in a virtual machine
}

var unsafeInLabel = regexp.MustCompile(`[^a-z0-9.]+`)

// Label returns a name for directories and page addresses: the lab's release, or
// for the engine of a host a name such as "docker-26.1.5-debian-12-amd64".
func (e Engine) Label() string {
	text := e.Release
	if text == "" {
		text = strings.Join([]string{e.Name, e.Version, e.OperatingSystem, e.Arch}, " ")
		if e.Rootless {
			text += " rootless"
		}
	}
	return strings.Trim(unsafeInLabel.ReplaceAllString(strings.ToLower(text), "-"), "-")
}

// String returns the engine's name and version, "docker 26.1.5".
func (e Engine) String() string { return strings.TrimSpace(e.Name + " " + e.Version) }
