package mechanisms

import (
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// atOnce is what still counts as immediately: a person notices no more.
const atOnce = time.Second

var _ = Describe("A bind mount, in short", Label("mechanisms"), func() {
	It("is the host's directory, whose changes each side sees at once", claims.Decides(
		"mechanisms/bind-maps-a-directory", "mechanisms/bind-host-changes-appear",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1").WorldWritable()
		running := box.Start(ctx, folder.At("/app"))

		claims.Get(ctx, "mechanisms/bind-maps-a-directory").Holds(func(g Gomega) {
			g.Expect(running.Probe(ctx, probe.MountAt("/app"))).To(ExitZero())
			g.Expect(running.Probe(ctx, probe.List("/app"))).To(Print("app.py"))
			g.Expect(running.Probe(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		})
		claims.Get(ctx, "mechanisms/bind-host-changes-appear").Holds(func(g Gomega) {
			delay := running.TimeUntilRead(ctx, "/app/app.py", "version 2", func() { folder.Write("app.py", "version 2") })
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
		delay := folder.TimeUntilRead(ctx, "app.py", "version 3", func() { running.Probe(ctx, probe.Write("/app/app.py", "version 3")) })
		Expect(delay).To(BeNumerically("<", atOnce))
	})

	It("lets a container's root change what its user made", claims.Decides("mechanisms/bind-and-vice-versa"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1")
		running := box.Start(ctx, folder.At("/app"))

		claims.Holds(ctx, func(g Gomega) {
			delay := folder.TimeUntilRead(ctx, "app.py", "version 2", func() {
				g.Expect(running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))).To(ExitZero())
			})
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
	})

	It("keeps a container's root out of what others made, where the engine maps users", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if !box.Facts().UsernsRemap {
			Skip("the engine does not map a container's users to others of its host")
		}
		folder := box.Dir(ctx).Write("app.py", "version 1")
		running := box.Start(ctx, folder.At("/app"))

		refused := running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))
		created := running.Probe(ctx, probe.Attempt(probe.Write("/app/new.py", "version 2")))

		Expect(refused).To(FailWith(probe.EACCES))
		Expect(created).To(FailWith(probe.EACCES))
		Expect(running.Probe(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		folder.WorldWritable()
		Expect(running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 3")))).To(ExitZero())
		Expect(folder.Read("app.py")).To(Print("version 3"))
	})

	It("keeps its data on the host, and not in the container", claims.Decides("mechanisms/bind-data-on-the-host"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).WorldWritable()
		container := box.Start(ctx, folder.At("/app"))
		container.Probe(ctx, probe.Write("/app/rows.db", "rows"))
		container.Probe(ctx, probe.Write(own, "in the layer"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added "+own), Not(ContainElement(HaveSuffix("rows.db")))))
			container.Stop(ctx).Remove(ctx)
			g.Expect(folder.Read("rows.db")).To(Print("rows"))
		})
	})
})
