// Package reference covers the lesson's table of commands, each row as a reader would type it.
package reference

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("docker volume", Label("reference"), func() {
	It("create creates a volume with that name", claims.Decides("reference/create"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := named(box)
		missing := volume.Exists(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(missing).To(BeFalse())
			g.Expect(create(ctx, box, volume)).To(Print(volume.Name))
			g.Expect(volume.Exists(ctx)).To(BeTrue())
			g.Expect(volume.Inspect(ctx)).To(And(HaveField("Name", volume.Name), HaveField("Labels", Equal(box.Labels()))))
		})
	})

	It("ls lists used, unused, named and unnamed volumes, but no removed ones", claims.Decides("reference/ls"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		unused, used, unnamed, gone := box.Volume(ctx), box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed), box.Volume(ctx)
		box.Create(ctx, used.At("/data"))
		gone.Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			listed := box.Docker(ctx, "volume", "ls", "--filter", box.Filter())
			g.Expect(listed).To(ExitZero())
			g.Expect(listed.Stdout).To(MatchRegexp(`^DRIVER +VOLUME NAME\n`))
			for _, volume := range []*sandbox.Volume{unused, used, unnamed} {
				g.Expect(listed.Stdout).To(MatchRegexp(`(?m)^local +%s$`, volume.Name))
			}
			g.Expect(listed.Stdout).NotTo(ContainSubstring(gone.Name))
		})
	})

	It("inspect shows the driver, labels and options of the volume", claims.Decides("reference/inspect"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		options := map[string]string{"type": "tmpfs", "device": "tmpfs"}
		volume := box.Volume(ctx, func(spec *engine.VolumeSpec) { spec.Options = options })

		claims.Holds(ctx, func(g Gomega) {
			shown := box.Docker(ctx, "volume", "inspect", volume.Name)
			g.Expect(shown).To(ExitZero())
			var details []engine.Volume
			g.Expect(json.Unmarshal([]byte(shown.Stdout), &details)).To(Succeed())
			g.Expect(details).To(ConsistOf(And(
				HaveField("Name", volume.Name), HaveField("Driver", "local"), HaveField("Scope", "local"),
				HaveField("Labels", box.Labels()), HaveField("Options", options),
				HaveField("Mountpoint", HavePrefix("/")), HaveField("CreatedAt", Not(BeEmpty())),
			)))
		})
	})

	It("rm deletes only that volume, and its data", claims.Decides("reference/rm"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, neighbour := named(box), box.Volume(ctx)
		create(ctx, box, volume)
		box.Run(ctx, probe.Write("/data/old.txt", "old"), volume.At("/data")).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Docker(ctx, "volume", "rm", volume.Name)).To(Print(volume.Name))
			g.Expect(volume.Exists(ctx)).To(BeFalse())
			g.Expect(neighbour.Exists(ctx)).To(BeTrue())
			g.Expect(create(ctx, box, volume)).To(ExitZero())
			g.Expect(box.Run(ctx, probe.Read("/data/old.txt"), volume.At("/data"))).To(FailWith(probe.ENOENT))
		})
	})

	It("prune deletes every volume that no container uses", claims.Decides("reference/prune"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, "1.42")
		unused, used := box.Volume(ctx), box.Volume(ctx)
		box.Create(ctx, used.At("/data"))

		Expect(box.DockerPrune(ctx, "y\n")).To(ExitZero())

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(unused.Exists(ctx)).To(BeFalse())
			g.Expect(used.Exists(ctx)).To(BeTrue())
		})
	})

	It("prune always deletes unused anonymous volumes", claims.Corrects("reference/prune"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, "1.42")
		unnamed, unused, used := box.Volume(ctx, sandbox.Unnamed), box.Volume(ctx), box.Volume(ctx)
		box.Create(ctx, used.At("/data"))

		Expect(box.DockerPrune(ctx, "y\n")).To(ExitZero())

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(unnamed.Exists(ctx)).To(BeFalse())
			g.Expect(used.Exists(ctx)).To(BeTrue())
			if keepsNamed(box) {
				g.Expect(unused.Exists(ctx)).To(BeTrue())
				g.Expect(box.DockerPrune(ctx, "y\n", "--all")).To(ExitZero())
				g.Expect(used.Exists(ctx)).To(BeTrue())
			}
			g.Expect(unused.Exists(ctx)).To(BeFalse())
		})
	})
})

// run types `docker run` with the labels of the sandbox.
func run(ctx context.Context, box *sandbox.Box, args ...string) sandbox.Answer {
	GinkgoHelper()
	return box.DockerRun(ctx, box.Name("container"), args...)
}

// create types `docker volume create NAME`.
func create(ctx context.Context, box *sandbox.Box, volume *sandbox.Volume) sandbox.Answer {
	GinkgoHelper()
	return box.Docker(ctx, slices.Concat([]string{"volume", "create"}, box.LabelFlags(), []string{volume.Name})...)
}

// named returns a volume that a command of the spec will create.
func named(box *sandbox.Box) *sandbox.Volume { return box.AdoptVolume(box.Name("volume")) }

// keepsNamed reports whether prune without --all keeps named volumes on this engine.
func keepsNamed(box *sandbox.Box) bool {
	GinkgoHelper()
	since, err := claims.ParseConstraint("docker >= 23.0")
	Expect(err).NotTo(HaveOccurred())
	return since.On(box.Facts())
}
