package models

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A volume for models", Label("models", "compose"), func() {
	It("is filled from the host before the service starts, and kept for the next run", claims.Decides(
		"models/volume-filled-before-startup", "models/named-volume", "models/cached-model",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		// With a network, for down to remove: the volume must not go with it.
		p := project(ctx, box, strings.NewReplacer("VOLUME", volume, "    network_mode: none\n", "").Replace(storing))
		p.Create(ctx)
		Expect(p.Service(ctx, service).Inspect(ctx).State).To(Equal("created"), "it must not have started")

		load(ctx, p)
		p.Up(ctx)

		first := p.Service(ctx, service)
		claims.Get(ctx, "models/volume-filled-before-startup", "models/named-volume").Holds(func(g Gomega) {
			g.Expect(first.Inspect(ctx).Mounts).To(ConsistOf(And(
				HaveField("Type", "volume"), HaveField("Name", p.Name+"_"+volume), HaveField("Target", folder), HaveField("Driver", "local"))))
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(first.Exec(ctx, probe.Read(model))).To(Print(weights))
		})
		before := first.Exec(ctx, probe.Stat(model)).Stdout

		p.Down(ctx)
		p.Up(ctx)

		second := p.Service(ctx, service)
		claims.Get(ctx, "models/cached-model").Holds(func(g Gomega) {
			g.Expect(second.ID).NotTo(Equal(first.ID), "it must be a new container")
			g.Expect(second.Exec(ctx, probe.Stat(model))).To(Print(strings.TrimSuffix(before, "\n")), "the same inode, and not written since")
			g.Expect(second.Exec(ctx, probe.Read(model))).To(Print(weights))
		})
	})

	It("shows a running service what another container and docker compose cp put there", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, strings.ReplaceAll(storing, "VOLUME", volume))
		p.Up(ctx)
		running := p.Service(ctx, service)
		Expect(running.Exec(ctx, probe.List(folder))).To(Print(""))

		box.Run(ctx, probe.Write(folder+"/other.bin", "other weights"), stored(ctx, p, volume))
		load(ctx, p)

		Expect(running.Exec(ctx, probe.List(folder))).To(Print(file + "\nother.bin"))
		Expect(running.Exec(ctx, probe.Read(folder+"/other.bin"))).To(Print("other weights"))
		Expect(running.Exec(ctx, probe.Read(model))).To(Print(weights))
	})
})
