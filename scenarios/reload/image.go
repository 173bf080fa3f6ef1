package reload

import (
	"maps"
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The image of a service with hot reload", Label("reload", "compose", "python"), func() {
	It("is built as the lesson's Dockerfile says, and has no source in it", claims.Decides(
		"reload/dockerfile", "reload/source-is-not-in-the-image",
	), func(ctx SpecContext) {
		box, p := buildable(ctx)

		p.Build(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.ImageConfig(ctx, p.Name+"-"+service)).To(And(
				HaveField("Cmd", []string{"uvicorn", "app:app", "--host", "0.0.0.0", "--reload"}),
				HaveField("Exposed", []string{"8000/tcp"}),
				HaveField("WorkingDir", "/app"),
			))
			files := box.Create(ctx, sandbox.Image(p.Name+"-"+service)).Files(ctx, "/app")
			g.Expect(slices.Collect(maps.Keys(files))).To(ConsistOf("app/requirements.txt"))
		})
	}, SpecTimeout(building))
})
