package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// surroundings are what decides how to start an engine on this machine.
type surroundings struct {
	system string // as Go names it
	distro string // the name of the WSL distribution, or empty
	home   string
	finds  func(program string) bool
	exists func(path string) bool
}

// here returns this machine's surroundings.
func here() surroundings {
	home, _ := os.UserHomeDir()
	s := surroundings{
		system: runtime.GOOS, home: home,
		finds:  func(program string) bool { _, err := exec.LookPath(program); return err == nil },
		exists: func(path string) bool { _, err := os.Stat(path); return err == nil },
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil && strings.Contains(strings.ToLower(string(release)), "microsoft") {
		s.distro = "this distribution"
		if name := os.Getenv("WSL_DISTRO_NAME"); name != "" {
			s.distro = name
		}
	}
	return s
}

// remedy says what to type where nothing answers at the endpoint.
func (s surroundings) remedy(e Endpoint) string {
	for _, p := range products {
		if p.start != nil && p.owns(slashed(e.Host)) {
			return "The engine belongs to " + p.name + ", which is not running: " + p.start(s, e.Host) + "."
		}
	}
	switch {
	case strings.Contains(e.Host, "podman.sock"):
		return "Podman's service is not running: " + startPodman(e.Host) + "."
	case e.Explicit && strings.HasPrefix(e.Host, "tcp://"), e.Explicit && strings.HasPrefix(e.Host, "ssh://"):
		return "Is the engine on that host running, and is the port right? `docker version` tries the same address."
	}
	if other := s.other(e.Host); other != "" {
		return "There is another engine's socket on this machine: type `" + s.set("DOCKER_HOST", other) + "`."
	}
	return s.absent()
}

// startPodman starts the service behind Podman's socket: the user's own, or root's.
func startPodman(host string) string {
	if strings.Contains(host, "/user/") {
		return "type `systemctl --user start podman.socket`"
	}
	return "type `sudo systemctl start podman.socket`"
}

// absent says how to start or install an engine at the default address.
func (s surroundings) absent() string {
	switch {
	case s.distro != "":
		return "In Docker Desktop, switch on Settings > Resources > WSL integration for " + s.distro + ", then type `wsl.exe --shutdown` and open it again; or type `sudo apt-get install docker.io && sudo service docker start`."
	case s.system == "darwin" && s.exists("/Applications/Docker.app"):
		return "Docker Desktop is not running: " + startDesktop(s, "") + "."
	case s.system == "darwin" && s.finds("colima"):
		return "Colima is not running: type `colima start`."
	case s.system == "darwin" && s.finds("podman"):
		return "Podman's machine is not running: type `podman machine start`."
	case s.system == "darwin":
		return "No engine is installed: type `brew install colima docker && colima start`, or install Docker Desktop."
	case s.system == "windows" && s.finds("docker"):
		return "Docker Desktop is not running: " + startDesktop(s, "") + "."
	case s.system == "windows" && s.finds("podman"):
		return "Podman's machine is not running: type `podman machine start`."
	case s.system == "windows":
		return "No engine is installed: type `winget install Docker.DockerDesktop`, and start it."
	case s.finds("dockerd"):
		return "Docker is not running: type `sudo systemctl start docker`."
	case s.finds("podman"):
		return "Podman's service is not running: type `systemctl --user start podman.socket` and `" + s.set("DOCKER_HOST", "unix://$XDG_RUNTIME_DIR/podman/podman.sock") + "`."
	}
	return "No engine is installed here: see https://docs.docker.com/engine/install/, or type `" + s.set("DOCKER_HOST", "ssh://you@host") + "` for one elsewhere."
}

// sockets are where products listen below the home directory.
var sockets = []string{".docker/run/docker.sock", ".docker/desktop/docker.sock", ".colima/default/docker.sock", ".config/colima/default/docker.sock", ".rd/docker.sock", ".orbstack/run/docker.sock"}

// other returns the address of another product's socket on this machine.
func (s surroundings) other(host string) string {
	for _, socket := range sockets {
		if path := filepath.ToSlash(filepath.Join(s.home, socket)); s.exists(path) && host != "unix://"+path {
			return "unix://" + path
		}
	}
	return ""
}

// set returns the command that sets a variable in the usual shell.
func (s surroundings) set(name, value string) string {
	if s.system == "windows" {
		return `$env:` + name + ` = "` + value + `"`
	}
	return "export " + name + "=" + value
}

// permission says what to type where the engine refuses this user.
func (s surroundings) permission(e Endpoint) string {
	switch {
	case s.system == "windows":
		return "Type `net localgroup docker-users %USERNAME% /add` as an administrator, and log in again."
	case s.system == "darwin":
		return "Type `ls -le " + strings.TrimPrefix(e.Host, "unix://") + "` to see whose socket it is: start the engine as that user, or type `docker context ls` to find your own."
	case strings.Contains(e.Host, "podman.sock"):
		return "Type `systemctl --user start podman.socket` and `export DOCKER_HOST=unix://$XDG_RUNTIME_DIR/podman/podman.sock` for an engine of your own, or run this as root."
	}
	return "Type `sudo usermod -aG docker $USER` and log in again, use rootless Docker, or run this as root."
}
