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

// userData is an engine with a user's own objects, which have the lesson's names:
// used, unused and stopped.
type userData struct {
	machine *lab.Machine
	engine  *engine.Engine
	probe   string
	checkouts
}

// snapshot describes everything that a run must not change, one line per object:
// its id, state and start time, and the bytes of every volume.
func (u *userData) snapshot(ctx context.Context) (lines []string) {
	GinkgoHelper()
	all, err := u.engine.Inventory(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, c := range all.Containers {
		found, err := u.engine.InspectContainer(ctx, c.ID)
		Expect(err).NotTo(HaveOccurred())
		lines = append(lines, fmt.Sprint("container ", found.Name, found.ID, found.State, found.ExitCode, found.StartedAt, u.layer(ctx, c.ID)))
	}
	for _, v := range all.Volumes {
		lines = append(lines, fmt.Sprint("volume ", v.Name, v.CreatedAt, u.content(ctx, v.Name)))
	}
	for _, n := range all.Networks {
		lines = append(lines, fmt.Sprint("network ", n.Name, n.ID))
	}
	for _, i := range all.Images {
		lines = append(lines, fmt.Sprint("image ", i.ID, i.Tags))
	}
	return lines
}

// content returns the content of a volume's file.
func (u *userData) content(ctx context.Context, volume string) string {
	GinkgoHelper()
	id := u.run(ctx, "", probe.Read("/at/file.txt"), volume+":/at:ro")
	defer func() { Expect(u.engine.RemoveContainer(ctx, id, true, false)).To(Succeed()) }()
	text, _, err := u.engine.Logs(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	return text
}

// layer describes the changes in a container's own layer.
func (u *userData) layer(ctx context.Context, id string) string {
	GinkgoHelper()
	changes, err := u.engine.Changes(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	slices.Sort(changes)
	if !slices.Contains(changes, "added /app/log.txt") {
		return fmt.Sprint(changes)
	}
	stream, err := u.engine.CopyFrom(ctx, id, "/app/log.txt")
	Expect(err).NotTo(HaveOccurred())
	defer stream.Close()
	archive, err := io.ReadAll(stream)
	Expect(err).NotTo(HaveOccurred())
	return fmt.Sprintf("%v %x", changes, sha256.Sum256(archive))
}
