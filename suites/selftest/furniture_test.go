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

// run runs a probe command to its end in a container that stays.
func (h *household) run(ctx context.Context, name string, command probe.Command, mounts ...string) {
	GinkgoHelper()
	spec := engine.ContainerSpec{Name: name, Image: h.probe, Cmd: command.Args}
	for _, mount := range mounts {
		if strings.Contains(mount, ":") {
			spec.Binds = append(spec.Binds, mount)
		} else {
			spec.Anonymous = append(spec.Anonymous, mount)
		}
	}
	id, _, err := h.engine.CreateContainer(ctx, spec)
	Expect(err).NotTo(HaveOccurred())
	Expect(h.engine.StartContainer(ctx, id)).To(Succeed())
	Expect(h.engine.WaitContainer(ctx, id)).To(BeZero())
}

// project is the lesson's file for its second pattern, with an image that is
// there, and a network and a folder besides.
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

// compose brings two Compose projects with the names that the lesson's folders
// give: one is up, of the other only the volumes are left.
func (h *household) compose(ctx context.Context) {
	GinkgoHelper()
	tool, err := compose.Find(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	for _, one := range []string{"pattern-2-qdrant", "app"} {
		folder := filepath.Join(h.folder, h.machine.Release, "home", one)
		Expect(os.MkdirAll(folder, 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(folder, "docker-compose.yaml"), []byte(strings.ReplaceAll(project, "IMAGE", h.probe)), 0o600)).To(Succeed())
		h.composing(ctx, tool, folder, "up", "--detach")
		for _, volume := range []string{"_qdrant-storage", "_qdrant-snapshots"} {
			h.run(ctx, "writer-of-"+one+volume, probe.Write("/at/file.txt", "vectors of "+one), one+volume+":/at")
			Expect(h.engine.RemoveContainer(ctx, "writer-of-"+one+volume, false, false)).To(Succeed())
		}
	}
	h.composing(ctx, tool, filepath.Join(h.folder, h.machine.Release, "home", "app"), "down")
}

func (h *household) composing(ctx context.Context, tool compose.Tool, folder string, arguments ...string) {
	GinkgoHelper()
	command := exec.CommandContext(ctx, tool.Path[0], append(append([]string{}, tool.Path[1:]...), arguments...)...)
	command.Dir = folder
	command.Env = append(os.Environ(), h.machine.Env()...)
	said, err := command.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s", said)
}

// images loads images of somebody's own, one of them without a name.
func (h *household) images(ctx context.Context) {
	GinkgoHelper()
	for _, name := range []string{"my-app:latest", "app-app:latest", ""} {
		image, err := random.Image(1<<10, 1)
		Expect(err).NotTo(HaveOccurred())
		if name == "" {
			digest, err := image.Digest()
			Expect(err).NotTo(HaveOccurred())
			name = "user.example/own@" + digest.String()
		}
		Expect(h.engine.LoadImage(ctx, image, name)).To(Succeed())
	}
}
