//go:build linux

package selftest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// household is an engine with somebody's own things on it, which bear the
// lesson's names: some used, some unused, some stopped.
type household struct {
	machine *lab.Machine
	engine  *engine.Engine
	probe   string
	checkouts
}

func moveIn(ctx context.Context, release string, copies checkouts) *household {
	GinkgoHelper()
	h := &household{checkouts: copies}
	h.machine, h.engine, h.probe = startLab(ctx, release, []string{h.folder})
	h.furnish(ctx)
	h.compose(ctx)
	h.images(ctx)
	return h
}

func (h *household) furnish(ctx context.Context) {
	GinkgoHelper()
	for _, name := range []string{"my-data", "models-volume", "unused"} {
		_, err := h.engine.CreateVolume(ctx, engine.VolumeSpec{Name: name})
		Expect(err).NotTo(HaveOccurred())
		h.run(ctx, "writer-of-"+name, probe.Write("/at/file.txt", "bytes of "+name), name+":/at")
	}
	Expect(h.engine.RemoveContainer(ctx, "writer-of-unused", false, false)).To(Succeed())
	h.run(ctx, "left-an-anonymous-one", probe.Write("/anonymous/file.txt", "nobody's"), "/anonymous")
	Expect(h.engine.RemoveContainer(ctx, "left-an-anonymous-one", false, false)).To(Succeed())
	h.run(ctx, "my-container", probe.Write("/app/log.txt", "in the layer"))
	h.run(ctx, "with-anonymous", probe.Write("/anonymous/file.txt", "kept"), "/anonymous")
	for _, name := range []string{"test-container", "new-container"} {
		id, _, err := h.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: h.probe, Cmd: probe.Hold().Args, Binds: []string{"my-data:/app/data"}})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.engine.StartContainer(ctx, id)).To(Succeed())
	}
}

// portrait is everything that must not change: one line for each thing, with
// its id, state and start time, and the bytes of every volume.
func (h *household) portrait(ctx context.Context) []string {
	GinkgoHelper()
	var lines []string
	containers, err := h.engine.ListContainers(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, c := range containers {
		found, err := h.engine.InspectContainer(ctx, c.ID)
		Expect(err).NotTo(HaveOccurred())
		lines = append(lines, fmt.Sprint("container ", found.Name, found.ID, found.State, found.ExitCode, found.StartedAt, h.layer(ctx, c.ID)))
	}
	volumes, err := h.engine.ListVolumes(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, v := range volumes {
		lines = append(lines, fmt.Sprint("volume ", v.Name, v.CreatedAt, h.bytes(ctx, v.Name)))
	}
	networks, err := h.engine.ListNetworks(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, n := range networks {
		lines = append(lines, fmt.Sprint("network ", n.Name, n.ID))
	}
	images, err := h.engine.ListImages(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, i := range images {
		lines = append(lines, fmt.Sprint("image ", i.ID, i.Tags))
	}
	return lines
}

func (h *household) bytes(ctx context.Context, volume string) string {
	GinkgoHelper()
	id, _, err := h.engine.CreateContainer(ctx, engine.ContainerSpec{Image: h.probe, Cmd: probe.Read("/at/file.txt").Args, Binds: []string{volume + ":/at:ro"}})
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(h.engine.RemoveContainer(ctx, id, true, false)).To(Succeed()) }()
	Expect(h.engine.StartContainer(ctx, id)).To(Succeed())
	Expect(h.engine.WaitContainer(ctx, id)).To(BeZero())
	text, _, err := h.engine.Logs(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	return text
}

// layer is what a container that ran to its end has in its own layer.
func (h *household) layer(ctx context.Context, id string) string {
	GinkgoHelper()
	changes, err := h.engine.Changes(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	slices.Sort(changes)
	if !slices.Contains(changes, "added /app/log.txt") {
		return fmt.Sprint(changes)
	}
	stream, err := h.engine.CopyFrom(ctx, id, "/app/log.txt")
	Expect(err).NotTo(HaveOccurred())
	defer stream.Close()
	archive, err := io.ReadAll(stream)
	Expect(err).NotTo(HaveOccurred())
	return fmt.Sprintf("%v %x", changes, sha256.Sum256(archive))
}
