package compose

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const twoVolumes = `
services:
  app:
    SERVICE
    volumes: [/anonymous, data:/data]
volumes:
  data:
`

const allVolumes = `
services:
  app:
    SERVICE
    volumes: [/anonymous, data:/data, external:/external]
  sometimes:
    SERVICE
    profiles: [sometimes]
    volumes: [special:/special]
volumes:
  data:
  special:
  external: {external: true, name: "${EXTERNAL}"}
`

var _ = Describe("docker compose down", func() {
	It("keeps named volumes, and leaves anonymous ones behind", claims.Decides(
		"contract-compose/down-keeps-volumes", "contract-compose/down-leaves-anonymous",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, twoVolumes)
		before := start(ctx, p)
		write(ctx, before, "/data/file", "/anonymous/file")
		old := mounted(ctx, before, "/anonymous")

		p.Down(ctx)
		kept, left := p.HasVolume(ctx, "data"), hasVolume(ctx, box, old)
		after := start(ctx, p)

		Expect(after.ID).NotTo(Equal(before.ID))
		claims.Get(ctx, "contract-compose/down-keeps-volumes").Holds(func(g Gomega) {
			g.Expect(kept).To(BeTrue())
			g.Expect(after.Exec(ctx, probe.Read("/data/file"))).To(Print(text))
		})
		claims.Get(ctx, "contract-compose/down-leaves-anonymous").Holds(func(g Gomega) {
			g.Expect(left).To(BeTrue())
			g.Expect(mounted(ctx, after, "/anonymous")).NotTo(Equal(old))
			g.Expect(after.Exec(ctx, probe.Read("/anonymous/file"))).To(FailWith(probe.ENOENT))
		})
	})

	It("removes with -v the project's volumes, but neither external ones nor those of another profile", claims.Decides(
		"contract-compose/down-v-removes-volumes", "contract-compose/external-never-removed", "contract-compose/profile-keeps-volumes",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		external := box.Volume(ctx)
		p := newProject(ctx, box, allVolumes).Setenv("EXTERNAL", external.Name).Setenv("COMPOSE_PROFILES", "sometimes")
		p.Create(ctx)
		anonymous := mounted(ctx, p.Service(ctx, app), "/anonymous")
		Expect(hasVolume(ctx, box, anonymous)).To(BeTrue())
		Expect(p.HasVolume(ctx, "data")).To(BeTrue())
		p.Service(ctx, "sometimes").Remove(ctx)

		p.Setenv("COMPOSE_PROFILES", "").DownVolumes(ctx)

		claims.Get(ctx, "contract-compose/down-v-removes-volumes").Holds(func(g Gomega) {
			g.Expect(p.HasVolume(ctx, "data")).To(BeFalse())
			g.Expect(hasVolume(ctx, box, anonymous)).To(BeFalse())
		})
		claims.Get(ctx, "contract-compose/external-never-removed").Holds(func(g Gomega) { g.Expect(external.Exists(ctx)).To(BeTrue()) })
		claims.Get(ctx, "contract-compose/profile-keeps-volumes").Holds(func(g Gomega) { g.Expect(p.HasVolume(ctx, "special")).To(BeTrue()) })
	})
})

var _ = Describe("docker compose rm -v", func() {
	It("removes anonymous volumes and keeps named ones", claims.Decides("contract-compose/rm-v-removes-anonymous"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, twoVolumes)
		p.Create(ctx)
		container := p.Service(ctx, app)
		anonymous := mounted(ctx, container, "/anonymous")
		Expect(hasVolume(ctx, box, anonymous)).To(BeTrue())

		p.Do(ctx, "rm", "-f", "-v")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Exists(ctx)).To(BeFalse())
			g.Expect(hasVolume(ctx, box, anonymous)).To(BeFalse())
			g.Expect(p.HasVolume(ctx, "data")).To(BeTrue())
		})
	})
})
