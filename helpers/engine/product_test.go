package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
	"github.com/docker/docker/api/types/system"
)

// contexts are the docker contexts that products write, and the address in each, by their
// documentation. HOME stands for the user's home directory.
var contexts = []struct{ product, context, host, start string }{
	{"docker-desktop", "desktop-linux", "unix://HOME/.docker/run/docker.sock", "open -a Docker"},
	{"docker-desktop", "desktop-linux", "unix://HOME/.docker/desktop/docker.sock", "open -a Docker"},
	{"docker-desktop", "desktop-linux", "npipe:////./pipe/dockerDesktopLinuxEngine", "open -a Docker"},
	{"colima", "colima", "unix://HOME/.colima/default/docker.sock", "`colima start`"},
	{"colima", "colima-work", "unix://HOME/.colima/work/docker.sock", "`colima start work`"},
	{"colima", "colima", "unix://HOME/.config/colima/default/docker.sock", "`colima start`"},
	{"rancher-desktop", "rancher-desktop", "unix://HOME/.rd/docker.sock", "`rdctl start`"},
	{"orbstack", "orbstack", "unix://HOME/.orbstack/run/docker.sock", "`orb start`"},
	{"podman-machine", "podman", "unix:///var/folders/x/T/podman/podman-machine-default-api.sock", "`podman machine start`"},
	{"podman-machine", "podman", "unix:///var/folders/x/T/podman/podman-machine-big-api.sock", "`podman machine start podman-machine-big`"},
	{"podman-machine", "podman", "unix://HOME/.local/share/containers/podman/machine/podman.sock", "`podman machine start"},
	{"podman-machine", "podman", "npipe:////./pipe/podman-machine-default", "`podman machine start`"},
	{"lima", "lima-docker", "unix://HOME/.lima/docker/sock/docker.sock", "`limactl start docker`"},
}

func TestContextsOfProductsAreResolved(t *testing.T) {
	for _, c := range contexts {
		cleanCLI(t)
		host := strings.ReplaceAll(c.host, "HOME", "/Users/me")
		// The file as the docker CLI writes it: the directory is the digest of the name.
		storeContext(t, c.context, host)
		if err := os.WriteFile(filepath.Join(config.Dir(), "config.json"), []byte(`{"currentContext":"`+c.context+`"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		endpoint, err := Resolve()
		if err != nil || endpoint.Host != host || !endpoint.Explicit || !strings.Contains(endpoint.Origin, c.context) {
			t.Errorf("%s: %+v, %v", c.context, endpoint, err)
		}
		if got := provider(endpoint.Host, system.Info{}); got != c.product {
			t.Errorf("%s is served by %s, not by %s", endpoint.Host, got, c.product)
		}
		s := surroundings{system: "darwin", home: "/Users/me", finds: never, exists: never}
		message := s.diagnose(endpoint, errors.New("dial: no such file or directory")).Error()
		if !strings.Contains(message, c.start) || !strings.Contains(message, c.product) {
			t.Errorf("%s: %s", c.context, message)
		}
	}
}

func never(string) bool { return false }

func TestProductsAreToldApartByWhatTheirEnginesSay(t *testing.T) {
	for want, info := range map[string]system.Info{
		"docker-desktop":  {Name: "docker-desktop", OperatingSystem: "Docker Desktop"},
		"rancher-desktop": {Name: "lima-rancher-desktop", OperatingSystem: "Alpine Linux v3.21"},
		"orbstack":        {Name: "orbstack", OperatingSystem: "OrbStack"},
		"colima":          {Name: "colima-work", OperatingSystem: "Ubuntu 24.04.3 LTS"},
		"lima":            {Name: "lima-docker", OperatingSystem: "Ubuntu 25.04"},
		"wsl":             {Name: "laptop", OperatingSystem: "Debian GNU/Linux 13 (trixie)", KernelVersion: "6.6.87.2-microsoft-standard-WSL2"},
		"host":            {Name: "server", OperatingSystem: "Debian GNU/Linux 13 (trixie)", KernelVersion: "6.12.48+deb13-amd64"},
	} {
		if got := provider("tcp://127.0.0.1:2375", info); got != want {
			t.Errorf("%+v: %s, not %s", info, got, want)
		}
	}
}

func TestTheMessageSaysWhatToType(t *testing.T) {
	only := func(wanted string) func(string) bool { return func(name string) bool { return name == wanted } }
	standard := Endpoint{Host: "unix:///var/run/docker.sock", Origin: "the default socket"}
	pipe := Endpoint{Host: "npipe:////./pipe/docker_engine", Origin: "the default socket"}
	gone, refused := errors.New("connect: no such file or directory"), &os.PathError{Op: "dial", Path: "x", Err: os.ErrPermission}
	for name, c := range map[string]struct {
		at   surroundings
		to   Endpoint
		err  error
		want string
	}{
		"no docker on Linux":        {surroundings{system: "linux"}, standard, gone, "https://docs.docker.com/engine/install/"},
		"no docker on macOS":        {surroundings{system: "darwin"}, standard, gone, "`brew install colima docker && colima start`"},
		"no docker on Windows":      {surroundings{system: "windows"}, pipe, gone, "`winget install Docker.DockerDesktop`"},
		"Docker stopped on Linux":   {surroundings{system: "linux", finds: only("dockerd")}, standard, gone, "`sudo systemctl start docker`"},
		"Podman on Linux":           {surroundings{system: "linux", finds: only("podman")}, standard, gone, "`systemctl --user start podman.socket`"},
		"Desktop stopped, macOS":    {surroundings{system: "darwin", exists: only("/Applications/Docker.app")}, standard, gone, "`open -a Docker`"},
		"Desktop stopped, Windows":  {surroundings{system: "windows", finds: only("docker")}, pipe, gone, "`docker desktop start`"},
		"Desktop stopped, Linux":    {surroundings{system: "linux"}, Endpoint{Host: "unix:///home/me/.docker/desktop/docker.sock"}, gone, "`systemctl --user start docker-desktop`"},
		"WSL integration is off":    {surroundings{system: "linux", distro: "Debian"}, standard, gone, "WSL integration for Debian"},
		"Podman machine, Windows":   {surroundings{system: "windows", finds: only("podman")}, pipe, gone, "`podman machine start`"},
		"Colima on macOS":           {surroundings{system: "darwin", finds: only("colima")}, standard, gone, "`colima start`"},
		"another socket is there":   {surroundings{system: "darwin", home: "/Users/me", exists: only("/Users/me/.rd/docker.sock")}, standard, gone, "`export DOCKER_HOST=unix:///Users/me/.rd/docker.sock`"},
		"Podman's socket":           {surroundings{system: "linux"}, Endpoint{Host: "unix:///run/podman/podman.sock", Explicit: true}, gone, "`sudo systemctl start podman.socket`"},
		"Podman's own socket":       {surroundings{system: "linux"}, Endpoint{Host: "unix:///run/user/1000/podman/podman.sock", Explicit: true}, gone, "`systemctl --user start podman.socket`"},
		"a host elsewhere":          {surroundings{system: "linux"}, Endpoint{Host: "tcp://away:2375", Explicit: true}, gone, "`docker version` tries"},
		"permission on Linux":       {surroundings{system: "linux"}, standard, refused, "`sudo usermod -aG docker $USER`"},
		"permission on macOS":       {surroundings{system: "darwin"}, standard, refused, "`ls -le /var/run/docker.sock`"},
		"permission on Windows":     {surroundings{system: "windows"}, pipe, errors.New("open //./pipe/docker_engine: Access is denied."), "docker-users"},
		"permission, Podman's root": {surroundings{system: "linux"}, Endpoint{Host: "unix:///run/podman/podman.sock"}, refused, "podman/podman.sock` for an engine of your own"},
	} {
		s := c.at
		if s.finds == nil {
			s.finds = never
		}
		if s.exists == nil {
			s.exists = never
		}
		message := s.diagnose(c.to, c.err).Error()
		if !strings.Contains(message, c.want) {
			t.Errorf("%s: no %s in\n%s", name, c.want, message)
		}
		if unreachable := errors.Is(s.diagnose(c.to, c.err), ErrUnreachable); unreachable != (c.err == gone) {
			t.Errorf("%s: unreachable is %t", name, unreachable)
		}
	}
}
