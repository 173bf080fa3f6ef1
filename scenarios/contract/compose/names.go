package compose

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const namedVolumes = `
services:
  app:
    SERVICE
    volumes: [data:/data, exact:/exact]
volumes:
  data:
  exact: {name: "${EXACT}"}
`

const externalVolume = `
services:
  app:
    SERVICE
    volumes: [external:/data]
volumes:
  external: {external: true, name: "${EXTERNAL}"}
`

var _ = Describe("The volumes of a Compose project", func() {
	It("have the project's name, unless they have their own, and the project's labels", claims.Decides(
		"contract-compose/project-scoped-name", "contract-compose/project-labels", "contract-compose/explicit-name-unscoped",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		exact := box.Name("exact")
		p := newProject(ctx, box, namedVolumes).Setenv("EXACT", exact)

		p.Create(ctx)

		volumes, err := box.Engine().ListVolumes(ctx, "com.docker.compose.project="+p.Name)
		Expect(err).NotTo(HaveOccurred())
		claims.Get(ctx, "contract-compose/project-scoped-name").Holds(func(g Gomega) {
			g.Expect(volumes).To(ContainElement(HaveField("Name", p.Name+"_data")))
		})
		claims.Get(ctx, "contract-compose/explicit-name-unscoped").Holds(func(g Gomega) {
			g.Expect(volumes).To(ContainElement(HaveField("Name", exact)))
		})
		claims.Get(ctx, "contract-compose/project-labels").Holds(func(g Gomega) {
			g.Expect(volumes).To(ConsistOf(
				HaveField("Labels", HaveKeyWithValue("com.docker.compose.volume", "data")),
				HaveField("Labels", HaveKeyWithValue("com.docker.compose.volume", "exact"))))
		})
	})

	It("must exist if they are external", claims.Decides("contract-compose/missing-external-fails"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		missing := box.AdoptVolume(box.Name("external"))
		p := newProject(ctx, box, externalVolume).Setenv("EXTERNAL", missing.Name)

		up := p.Try(ctx, "up", "-d")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(up).NotTo(ExitZero())
			g.Expect(up.Stderr).To(ContainSubstring(missing.Name))
			g.Expect(missing.Exists(ctx)).To(BeFalse())
		})
	})
})
