package lab

import (
	"testing"
)

// Releases that differ only in the engine's command and files must not be built twice.
func TestReleasesOfTheSamePackagesShareARootFileSystem(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	path := func(name string) string {
		r, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		path, err := r.rootfsPath()
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, same := range map[string]string{
		"docker-userns": "docker-trixie", "docker-live-restore": "docker-trixie", "docker-remote": "docker-trixie", "docker-containerd": "docker-sid", "moby-newest": "docker-sid",
	} {
		if path(name) != path(same) {
			t.Errorf("%s uses %s, not the root file system of %s", name, path(name), same)
		}
	}
	if path("docker-sid") == path("docker-trixie") || path("docker-rootless") == path("docker-trixie") {
		t.Error("releases with different packages share a root file system")
	}
}
