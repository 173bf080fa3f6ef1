package compose

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const orphan = `
  orphan:
    SERVICE
    volumes: [left:/left]
`

const changing = `
services:
  app:
    SERVICE
    labels: {release: first}
    volumes: [/anonymous, first:/data]` + orphan + `
volumes:
  first:
  second:
  left:
`

const defined = `
services:
  app:
    SERVICE
    volumes: [data:/data]
volumes:
  data:
    labels: {purpose: first}
`

var _ = Describe("docker compose up of a changed project", func() {
	It("mounts another volume, keeps anonymous ones, and removes only the containers of orphans", claims.Decides(
		"contract-compose/switched-volume-remounts", "contract-compose/recreate-inherits-anonymous", "contract-compose/remove-orphans-keeps-volumes",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, changing)
		before := start(ctx, p)
		write(ctx, before, "/anonymous/file", "/data/file")
		gone, anonymous, left := p.Service(ctx, "orphan"), mounted(ctx, before, "/anonymous"), p.Volume(ctx, "left")
		edit(p, "first:/data", "second:/data", complete(orphan), "")

		after := start(ctx, p, "--remove-orphans")

		claims.Get(ctx, "contract-compose/switched-volume-remounts").Holds(func(g Gomega) {
			g.Expect(after.ID).NotTo(Equal(before.ID))
			g.Expect(mounted(ctx, after, "/data")).To(Equal(p.Volume(ctx, "second")))
			g.Expect(after.Exec(ctx, probe.Read("/data/file"))).To(FailWith(probe.ENOENT))
		})
		claims.Get(ctx, "contract-compose/recreate-inherits-anonymous").Holds(func(g Gomega) {
			g.Expect(after.ID).NotTo(Equal(before.ID))
			g.Expect(mounted(ctx, after, "/anonymous")).To(Equal(anonymous))
			g.Expect(after.Exec(ctx, probe.Read("/anonymous/file"))).To(Print(text))
		})
		claims.Get(ctx, "contract-compose/remove-orphans-keeps-volumes").Holds(func(g Gomega) {
			g.Expect(gone.Exists(ctx)).To(BeFalse())
			g.Expect(hasVolume(ctx, box, left)).To(BeTrue())
		})
	})

	It("renews anonymous volumes with -V", claims.Decides("contract-compose/renew-anon-volumes"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, changing)
		before := start(ctx, p, app)
		write(ctx, before, "/anonymous/file")
		anonymous := mounted(ctx, before, "/anonymous")
		edit(p, "release: first", "release: second")

		after := start(ctx, p, "-V", app)

		Expect(after.ID).NotTo(Equal(before.ID))
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(mounted(ctx, after, "/anonymous")).NotTo(Equal(anonymous))
			g.Expect(after.Exec(ctx, probe.Read("/anonymous/file"))).To(FailWith(probe.ENOENT))
		})
	})
})

var _ = Describe("docker compose up with a changed volume", func() {
	It("asks, and keeps the volume unless the answer is yes", claims.Decides(
		"contract-compose/changed-definition-keeps-data", "contract-compose/changed-definition-by-yes",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, defined)
		write(ctx, start(ctx, p), "/data/file")
		edit(p, "purpose: first", "purpose: second")

		asked := p.Up(ctx)
		kept := p.Service(ctx, app).Exec(ctx, probe.Read("/data/file"))
		yes := p.Try(ctx, "up", "-d", "-y")
		lost := p.Service(ctx, app).Exec(ctx, probe.Read("/data/file"))

		claims.Get(ctx, "contract-compose/changed-definition-keeps-data").Holds(func(g Gomega) {
			g.Expect(asked.Stdout).To(ContainSubstring("data will be lost"))
			g.Expect(kept).To(Print(text))
		})
		claims.Get(ctx, "contract-compose/changed-definition-by-yes").Holds(func(g Gomega) {
			g.Expect(yes).To(ExitZero())
			g.Expect(lost).To(FailWith(probe.ENOENT))
		})
		Expect(kept).To(Print(text))
		Expect(lost).To(Or(Print(text), FailWith(probe.ENOENT)))
	})
})
