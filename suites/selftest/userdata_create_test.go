//go:build linux

package selftest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"

	"github.com/google/go-containerregistry/pkg/v1/random"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// createUserData starts an engine and creates a user's objects on it.
func createUserData(ctx context.Context, release string, copies checkouts) *userData {
	GinkgoHelper()
	u := &userData{checkouts: copies}
	u.machine, u.engine, u.probe = startLab(ctx, release, []string{u.dir})
	u.createContainers(ctx)
	u.createProjects(ctx)
	u.createImages(ctx)
	return u
}

func (u *userData) createContainers(ctx context.Context) {
	GinkgoHelper()
	for _, name := range []string{"my-data", "models-volume", "unused"} {
		_, err := u.engine.CreateVolume(ctx, engine.VolumeSpec{Name: name})
		Expect(err).NotTo(HaveOccurred())
		u.run(ctx, "writer-of-"+name, probe.Write("/at/file.txt", "bytes of "+name), name+":/at")
	}
	Expect(u.engine.RemoveContainer(ctx, "writer-of-unused", false, false)).To(Succeed())
	u.run(ctx, "left-an-anonymous-volume", probe.Write("/anonymous/file.txt", "dangling"), "/anonymous")
	Expect(u.engine.RemoveContainer(ctx, "left-an-anonymous-volume", false, false)).To(Succeed())
	u.run(ctx, "my-container", probe.Write("/app/log.txt", "in the layer"))
	u.run(ctx, "with-anonymous", probe.Write("/anonymous/file.txt", "kept"), "/anonymous")
	for _, name := range []string{"test-container", "new-container"} {
		id, _, err := u.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: u.probe, Cmd: probe.Hold().Args, Binds: []string{"my-data:/app/data"}})
		Expect(err).NotTo(HaveOccurred())
		Expect(u.engine.StartContainer(ctx, id)).To(Succeed())
	}
}

// run runs a probe command to its end in a new container, which it keeps.
func (u *userData) run(ctx context.Context, name string, command probe.Command, mounts ...string) (id string) {
	GinkgoHelper()
	spec := engine.ContainerSpec{Name: name, Image: u.probe, Cmd: command.Args}
	for _, mount := range mounts {
		if strings.Contains(mount, ":") {
			spec.Binds = append(spec.Binds, mount)
		} else {
			spec.Anonymous = append(spec.Anonymous, mount)
		}
	}
	id, _, err := u.engine.CreateContainer(ctx, spec)
	Expect(err).NotTo(HaveOccurred())
	Expect(u.engine.StartContainer(ctx, id)).To(Succeed())
	Expect(u.engine.WaitContainer(ctx, id)).To(BeZero())
	return id
}

// project is the compose file of the lesson's second pattern with an image that
// the engine has, a network and a bind mount.
const project = `services:
  qdrant:
    image: IMAGE
    command: [hold]
    volumes:
      - qdrant-storage:/qdrant/storage
      - qdrant-snapshots:/qdrant/snapshots
      - ./logs:/app/logs
    networks: [backend]
volumes:
  qdrant-storage: {}
  qdrant-snapshots: {}
networks:
  backend: {}
`

// createProjects creates two Compose projects named after the lesson's
// directories. One is up; of the other, only the volumes are left.
func (u *userData) createProjects(ctx context.Context) {
	GinkgoHelper()
	tool, err := compose.Find(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	home := filepath.Join(u.dir, u.machine.Release, "home")
	for _, name := range []string{"pattern-2-qdrant", "app"} {
		dir := filepath.Join(home, name)
		Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "docker-compose.yaml"), []byte(strings.ReplaceAll(project, "IMAGE", u.probe)), 0o600)).To(Succeed())
		u.runCompose(ctx, tool, dir, "up", "--detach")
		for _, volume := range []string{"_qdrant-storage", "_qdrant-snapshots"} {
			id := u.run(ctx, "writer-of-"+name+volume, probe.Write("/at/file.txt", "vectors of "+name), name+volume+":/at")
			Expect(u.engine.RemoveContainer(ctx, id, false, false)).To(Succeed())
		}
	}
	u.runCompose(ctx, tool, filepath.Join(home, "app"), "down")
}

func (u *userData) runCompose(ctx context.Context, tool compose.Tool, dir string, arguments ...string) {
	GinkgoHelper()
	command := exec.CommandContext(ctx, tool.Path[0], append(append([]string{}, tool.Path[1:]...), arguments...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), u.machine.Env()...)
	output, err := command.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s", output)
}

// createImages loads two images and an untagged one.
func (u *userData) createImages(ctx context.Context) {
	GinkgoHelper()
	for _, name := range []string{"my-app:latest", "app-app:latest", ""} {
		image, err := random.Image(1<<10, 1)
		Expect(err).NotTo(HaveOccurred())
		if name == "" {
			digest, err := image.Digest()
			Expect(err).NotTo(HaveOccurred())
			name = "user.example/own@" + digest.String()
		}
		Expect(u.engine.LoadImage(ctx, image, name)).To(Succeed())
	}
}
