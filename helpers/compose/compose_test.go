package compose

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"github.com/holdfast/holdfast/helpers/engine"
	"go.yaml.in/yaml/v4"
)

func replaced(text string, pair [2]string) string { return strings.Replace(text, pair[0], pair[1], 1) }

func TestVersions(t *testing.T) {
	for printed, want := range map[string]string{
		"Docker Compose version v5.6.0\n":                              "5.6.0",
		"Docker Compose version 2.26.1-4":                              "2.26.1",
		"Docker Compose version 2.40.3+ds1-0ubuntu1~24.04.1":           "2.40.3",
		"Docker Compose version v2.29.7-desktop.1":                     "2.29.7",
		"docker-compose version 1.29.2, build unknown\nPython 3.11.2":  "1.29.2",
		"docker-compose version: 1.25.0\nOpenSSL version: OpenSSL 1.1": "1.25.0",
		"podman-compose version 1.3.0\npodman version 5.4.2":           "1.3.0",
	} {
		if got, err := parseVersion(printed); err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", printed, got, err, want)
		}
	}
	if got, err := parseVersion("usage: docker"); err == nil {
		t.Errorf("read %s out of a usage", got)
	}
}

// program writes a shell script into a directory of PATH.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-ins are shell scripts")
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFindPrefersThePlugin(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	program(t, dir, "docker", `case "$1" in compose) echo "Docker Compose version v2.29.7";; buildx) echo "github.com/docker/buildx v0.17.1 257815a";; esac`)
	program(t, dir, "docker-compose", `echo "Docker Compose version v5.6.0"`)
	tool, err := Find(t.Context(), nil)
	if err != nil || tool.Origin != Plugin || tool.Version != "2.29.7" || !tool.Buildx || strings.Join(tool.Path, " ") != filepath.Join(dir, "docker")+" compose" {
		t.Errorf("got %+v, %v", tool, err)
	}
}

func TestFindSkipsAnOldCompose(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	version, err := embedded.Version()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	program(t, dir, "docker", `echo "docker: unknown command: docker $1" >&2; exit 1`)
	program(t, dir, "docker-compose", `echo "docker-compose version 1.29.2, build unknown"`)
	home := filepath.Join(os.Getenv("HOLDFAST_CACHE"), "compose", version+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Fatal(err)
	}
	program(t, home, "docker-compose", `echo "Docker Compose version `+version+`"`)
	var said bytes.Buffer
	tool, err := Find(t.Context(), &said)
	if err != nil || tool.Origin != Embedded || "v"+tool.Version != version || tool.Buildx {
		t.Errorf("got %+v, %v", tool, err)
	}
	if want := "Skipping " + filepath.Join(dir, "docker-compose") + ": it is Compose 1.29.2"; !strings.Contains(said.String(), want) || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("said %q, want %q and nothing else", said.String(), want)
	}
}

func TestFindExplainsThatThereIsNone(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	_, err := Find(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "install Docker Compose") || !strings.Contains(err.Error(), `"go": executable file not found`) {
		t.Errorf("got %v", err)
	}
}

func loaded(t *testing.T, text string) *model.Project {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	project, err := model.Load(t.Context(), model.Options{Name: "p"}, file)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestOverride(t *testing.T) {
	project := loaded(t, "services:\n  app:\n    build: .\n    ports: [\"8000:8000\", \"53:53/udp\"]\n    volumes: [\"data:/data\", \"theirs:/theirs\"]\n  host:\n    image: x\n    network_mode: host\nvolumes:\n  data:\n  theirs:\n    external: true\n")
	content, err := override(project.Project, map[string]string{"a": "yes"}, "127.0.0.1", false)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Services map[string]struct {
			Labels map[string]string
			Build  struct{ Labels map[string]string }
			Ports  []map[string]any
		}
		Networks, Volumes map[string]struct{ Labels map[string]string }
	}
	if err := yaml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	app, label := got.Services["app"], map[string]string{"a": "yes"}
	ports := []map[string]any{{"target": 8000, "protocol": "tcp", "host_ip": "127.0.0.1"}, {"target": 53, "protocol": "udp", "host_ip": "127.0.0.1"}}
	if !maps.Equal(app.Labels, label) || !maps.Equal(app.Build.Labels, label) || !reflect.DeepEqual(app.Ports, ports) || !strings.Contains(string(text), "ports: !override") {
		t.Errorf("got\n%s", text)
	}
	if len(got.Services["host"].Ports) > 0 || !maps.Equal(got.Networks["default"].Labels, label) || len(got.Volumes) != 1 || !maps.Equal(got.Volumes["data"].Labels, label) {
		t.Errorf("got\n%s", text)
	}
}

func TestCompareMounts(t *testing.T) {
	project := loaded(t, "services:\n  app:\n    image: x\n    tmpfs: /run:size=1m,mode=700\n    volumes: [\"data:/data/\", \"/src:/app:ro\", /anonymous, {type: tmpfs, target: /scratch, tmpfs: {size: 1, mode: 0700}}]\nvolumes:\n  data:\n")
	hex := strings.Repeat("0a", 32)
	mounts := func() []engine.MountPoint {
		return []engine.MountPoint{
			{Type: "volume", Name: "p_data", Target: "/data", ReadWrite: true},
			{Type: "bind", Source: "/src", Target: "/app"},
			{Type: "volume", Name: hex, Target: "/anonymous", ReadWrite: true},
			{Type: "volume", Name: hex, Target: "/declared/by/the/image", ReadWrite: true},
		}
	}
	for want, change := range map[string]func(*engine.Container){
		"": func(*engine.Container) {},
		"/app: the bind /src, writable is mounted, the model has the bind /src, read-only": func(i *engine.Container) { i.Mounts[1].ReadWrite = true },
		"/app: the bind /other, read-only is mounted, the model has the bind /src":         func(i *engine.Container) { i.Mounts[1].Source = "/other" },
		"/data: the volume other, writable is mounted, the model has the volume p_data":    func(i *engine.Container) { i.Mounts[0].Name = "other" },
		"/data: the bind /d, writable is mounted, the model has the volume p_data":         func(i *engine.Container) { i.Mounts[0].Type, i.Mounts[0].Source = "bind", "/d" },
		"/app: nothing is mounted, the model has the bind /src": func(i *engine.Container) {
			i.Mounts[1].Target, i.Mounts[1].Type, i.Mounts[1].Name, i.Mounts[1].ReadWrite = "/x", "volume", hex, true
		},
		"/anonymous: the volume p, writable is mounted, the model has an anonymous volume": func(i *engine.Container) { i.Mounts[2].Name = "p" },
		"/extra: the bind /e, read-only is mounted, the model has nothing": func(i *engine.Container) {
			i.Mounts = append(i.Mounts, engine.MountPoint{Type: "bind", Source: "/e", Target: "/extra"})
		},
		"/run: nothing is mounted, the model has a tmpfs with the options":                                     func(i *engine.Container) { i.Tmpfs = nil },
		"/run: a tmpfs with the options \"size=2m\" is mounted, the model has a tmpfs with the options \"mode": func(i *engine.Container) { i.Tmpfs["/run"] = "size=2m" },
		"/t: a tmpfs with the options \"\" is mounted, the model has nothing":                                  func(i *engine.Container) { i.Tmpfs["/t"] = "" },
		"/scratch: a tmpfs mount of 2 bytes with mode 700 is mounted, the model has a tmpfs mount of 1 bytes":  func(i *engine.Container) { i.TmpfsMounts[0].TmpfsSize = 2 },
	} {
		found := engine.Container{Mounts: mounts(), Tmpfs: map[string]string{"/run": "mode=700,size=1m"}, TmpfsMounts: []engine.Mount{{Target: "/scratch", TmpfsSize: 1, TmpfsMode: 0o700}}}
		change(&found)
		got := strings.Join(compareMounts(project.Project, project.Services["app"], found), "\n")
		if want == "" && got != "" || !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

func TestSameSource(t *testing.T) {
	for _, c := range []struct {
		got, want string
		same      bool
	}{
		{"/a/b", "/a/b", true}, {"/host_mnt/Users/a", "/Users/a", true}, {"/a/b", "/a", false},
		{"/run/desktop/mnt/host/c/a", "/c/a", true}, {"/other/a", "/a", false},
	} {
		if sameSource(c.got, c.want) != c.same {
			t.Errorf("%s and %s: want %t", c.got, c.want, c.same)
		}
	}
}
