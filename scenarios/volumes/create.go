// Package volumes covers named volumes: created, listed, inspected, attached,
// removed and pruned.
package volumes

import (
	"context"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// table is what `docker volume ls` prints before the name of a single volume.
const table = "DRIVER    VOLUME NAME\nlocal     "

var _ = Describe("docker volume create", Label("volumes"), func() {
	It("creates a volume with that name and prints the name", claims.Decides("volumes/create", "volumes/create-prints-the-name"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.AdoptVolume(box.Name("volume"))
		Expect(volume.Exists(ctx)).To(BeFalse())

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(create(ctx, box, volume.Name)).To(Print(volume.Name))
			g.Expect(volume.Exists(ctx)).To(BeTrue())
		})
	})

	It("creates a volume that the engine stores until it is removed", claims.Decides(
		"volumes/create", "volumes/managed-by-the-engine",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		claims.Holds(ctx, func(g Gomega) {
			volume := box.Volume(ctx)
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(volume.Name))
			box.Run(ctx, probe.Write(important, text), volume.At(data)).Remove(ctx)
			g.Expect(volume.Remove(ctx)).To(Succeed())
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
			g.Expect(box.Run(ctx, probe.List(data), volume.At(data))).To(Print(""), "the engine must create a new, empty volume with that name")
		})
	})
})

var _ = Describe("docker volume ls", Label("volumes"), func() {
	It("prints the volume's driver and name below a header", claims.Decides(
		"volumes/ls", "volumes/ls-again", "volumes/ls-prints-driver-and-name", "volumes/ls-prints-them-again",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Docker(ctx, "volume", "ls", "--filter", box.Filter())).To(Print(table + volume.Name))
		})
	})

	It("lists every volume: used, unused, named and unnamed", claims.Decides("volumes/ls", "volumes/ls-again", "volumes/ls-lists-all"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		unused, unnamed, used := box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed), box.Volume(ctx)
		box.Create(ctx, used.At(data))

		claims.Holds(ctx, func(g Gomega) { g.Expect(box.VolumeNames(ctx)).To(ConsistOf(unused.Name, unnamed.Name, used.Name)) })
	})

	It("lists every volume without a filter", claims.Decides("volumes/ls", "volumes/ls-again", "volumes/ls-lists-all"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("an unfiltered list includes the user's own volumes")
		named, unnamed := box.Volume(ctx, sandbox.Unlabelled), box.Volume(ctx, sandbox.Unnamed)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(lines(box.Docker(ctx, "volume", "ls"))).To(ContainElements("local     "+named.Name, "local     "+unnamed.Name))
		})
	})
})

// create types `docker volume create NAME`, with the sandbox's labels.
func create(ctx context.Context, box *sandbox.Box, name string) sandbox.Answer {
	GinkgoHelper()
	return box.Docker(ctx, slices.Concat([]string{"volume", "create"}, box.LabelFlags(), []string{name})...)
}

func lines(answer sandbox.Answer) []string { return strings.Split(answer.Stdout, "\n") }
