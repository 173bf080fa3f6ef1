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
	It("is the host's directory, whose changes each side sees at once", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1").ForAll()
		running := box.Start(ctx, folder.At("/app"))

		claims.Get("mechanisms/bind-maps-a-directory").Holds(func(g Gomega) {
			g.Expect(running.Do(ctx, probe.MountAt("/app"))).To(Work())
			g.Expect(running.Do(ctx, probe.List("/app"))).To(Print("app.py"))
			g.Expect(running.Do(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		})
		claims.Get("mechanisms/bind-host-changes-appear").Holds(func(g Gomega) {
			delay := running.Sees(ctx, "/app/app.py", "version 2", func() { folder.Write("app.py", "version 2") })
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
		delay := folder.Sees(ctx, "app.py", "version 3", func() { running.Do(ctx, probe.Write("/app/app.py", "version 3")) })
		Expect(delay).To(BeNumerically("<", atOnce))
	})

	It("lets a container's root change what its user made", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1")
		running := box.Start(ctx, folder.At("/app"))

		claims.Get("mechanisms/bind-and-vice-versa").Holds(func(g Gomega) {
			delay := folder.Sees(ctx, "app.py", "version 2", func() {
				g.Expect(running.Do(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))).To(Work())
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

		refused := running.Do(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))
		created := running.Do(ctx, probe.Attempt(probe.Write("/app/new.py", "version 2")))

		Expect(refused).To(FailWith(probe.EACCES))
		Expect(created).To(FailWith(probe.EACCES))
		Expect(running.Do(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		folder.ForAll()
		Expect(running.Do(ctx, probe.Attempt(probe.Write("/app/app.py", "version 3")))).To(Work())
		Expect(folder.Read("app.py")).To(Print("version 3"))
	})

	It("keeps its data on the host, and not in the container", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).ForAll()
		container := box.Start(ctx, folder.At("/app"))
		container.Do(ctx, probe.Write("/app/rows.db", "rows"))
		container.Do(ctx, probe.Write(own, "in the layer"))

		claims.Get("mechanisms/bind-data-on-the-host").Holds(func(g Gomega) {
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added "+own), Not(ContainElement(HaveSuffix("rows.db")))))
			container.Stop(ctx).Remove(ctx)
			g.Expect(folder.Read("rows.db")).To(Print("rows"))
		})
	})
})
