package engine

import (
	"path"
	"strings"

	"github.com/docker/docker/api/types/system"
)

// product is a program that runs an engine for its user, mostly in a virtual machine.
type product struct {
	name string // as a provider in the facts
	// owns reports whether the product serves an address, in lower case and with slashes.
	owns func(host string) bool
	// is reports whether the product answers with this info.
	is func(info system.Info) bool
	// start returns what to type to start the product.
	start func(s surroundings, host string) string
}

func has(parts ...string) func(string) bool {
	return func(host string) bool {
		for _, part := range parts {
			if strings.Contains(host, part) {
				return true
			}
		}
		return false
	}
}

func typed(command string) func(surroundings, string) string {
	return func(surroundings, string) string { return "type `" + command + "`" }
}

// products are those that are told apart: by the addresses that their documentation and
// their docker contexts name, and by what their engines say of themselves.
var products = []product{
	{"docker-desktop", has("/.docker/run/docker.sock", "/.docker/desktop/docker.sock", "/pipe/dockerdesktop"),
		func(i system.Info) bool { return strings.Contains(i.OperatingSystem, "Docker Desktop") }, startDesktop},
	{"rancher-desktop", has("/.rd/docker.sock"), func(i system.Info) bool {
		return strings.Contains(i.Name, "rancher-desktop") || strings.Contains(i.OperatingSystem, "Rancher Desktop")
	}, typed("rdctl start")},
	{"orbstack", has("/.orbstack/run/docker.sock"), func(i system.Info) bool {
		return strings.Contains(i.OperatingSystem, "OrbStack") || i.Name == "orbstack"
	}, typed("orb start")},
	{"colima", has("/.colima/", "/colima/"), func(i system.Info) bool { return i.Name == "colima" || strings.HasPrefix(i.Name, "colima-") }, startColima},
	{"podman-machine", has("/podman-machine-", "/podman/machine/", "/pipe/podman-machine"),
		func(system.Info) bool { return false }, startMachine},
	{"lima", has("/.lima/"), func(i system.Info) bool { return strings.HasPrefix(i.Name, "lima-") }, startLima},
	{"wsl", has(), func(i system.Info) bool { return strings.Contains(strings.ToLower(i.KernelVersion), "microsoft") }, nil},
}

// provider returns the product that serves the engine, or host.
func provider(host string, info system.Info) string {
	for _, p := range products {
		if p.is(info) || p.owns(slashed(host)) {
			return p.name
		}
	}
	return "host"
}

// slashed returns an address in lower case and with slashes, as Windows accepts both.
func slashed(host string) string { return strings.ToLower(strings.ReplaceAll(host, `\`, "/")) }

func startDesktop(s surroundings, _ string) string {
	switch s.system {
	case "darwin":
		return "type `open -a Docker`, and wait until its whale stands still"
	case "windows":
		return "type `docker desktop start`, or start Docker Desktop from the Start menu"
	}
	return "type `systemctl --user start docker-desktop`"
}

// startColima names the profile: the directory of the socket.
func startColima(_ surroundings, host string) string {
	if profile := path.Base(path.Dir(host)); profile != "default" && profile != ".colima" {
		return "type `colima start " + profile + "`"
	}
	return "type `colima start`"
}

// startMachine names the machine, which is part of the socket's or the pipe's name.
func startMachine(_ surroundings, host string) string {
	name := strings.TrimSuffix(path.Base(slashed(host)), "-api.sock")
	if name == "podman.sock" {
		name = path.Base(path.Dir(slashed(host)))
	}
	if name == "podman-machine-default" || name == "qemu" {
		return "type `podman machine start`"
	}
	return "type `podman machine start " + name + "`"
}

// startLima names the instance: the socket is INSTANCE/sock/docker.sock.
func startLima(_ surroundings, host string) string {
	return "type `limactl start " + path.Base(path.Dir(path.Dir(host))) + "`"
}
