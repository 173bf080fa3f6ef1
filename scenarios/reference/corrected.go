package reference

import (
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// python is the image that the corrected examples name.
const python = "python:3.12-slim"

var _ = Describe("A corrected example of docker run", Label("reference", "python"), func() {
	It("attaches the named volume", claims.Corrects("reference/attach-a-volume-example"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := named(box)
		Expect(create(ctx, box, volume)).To(ExitZero())

		ran := example(ctx, box, claims.Correction(ctx), "my-data", volume.Name)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(ran(g).Mounts).To(ConsistOf(And(
				HaveField("Type", "volume"), HaveField("Name", volume.Name), HaveField("Target", "/app/data"), HaveField("ReadWrite", true))))
		})
	})

	It("bind mounts the folder", claims.Corrects("reference/bind-mount-example"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		ran := example(ctx, box, claims.Correction(ctx), "~/code", folder.Path)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(ran(g).Mounts).To(ConsistOf(And(HaveField("Type", "bind"), HaveField("Target", "/app"), HaveField("ReadWrite", true))))
		})
	})

	It("mounts the file read-only", claims.Corrects("reference/read-only-mount-example"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		file := box.Dir(ctx).Write("config.json", "{}").File("config.json")

		ran := example(ctx, box, claims.Correction(ctx), "~/config.json", file.Path)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(ran(g).Mounts).To(ConsistOf(And(HaveField("Type", "bind"), HaveField("Target", "/app/config.json"), HaveField("ReadWrite", false))))
		})
	})

	It("mounts a tmpfs", claims.Corrects("reference/tmpfs-mount-example"), func(ctx SpecContext) {
		ran := example(ctx, sandbox.New(ctx), claims.Correction(ctx))

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(ran(g).Tmpfs).To(HaveKeyWithValue("/run/secrets", Not(ContainSubstring("size="))))
		})
	})

	It("mounts a tmpfs of that size", claims.Corrects("reference/tmpfs-size-example"), func(ctx SpecContext) {
		ran := example(ctx, sandbox.New(ctx), claims.Correction(ctx))

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(ran(g).Tmpfs).To(HaveKeyWithValue("/tmp", ContainSubstring("size=512m")))
		})
	})
})

var _ = Describe("The corrected read-only flag", Label("reference"), func() {
	It("mounts the host's folder read-only", claims.Corrects("reference/read-only-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("config.json", "{}").WorldWritable()
		flag := words(claims.Correction(ctx), "/host", folder.Path)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(run(ctx, box, slices.Concat(flag, []string{box.ProbeImage(), "read", "/path/config.json"})...)).To(Print("{}"))
			g.Expect(run(ctx, box, slices.Concat(flag, []string{box.ProbeImage(), "overwrite", "/path/config.json", "[]"})...)).To(FailWith(probe.EROFS))
		})
	})
})

// words are those of code in the lesson's text, with the sandbox's names in place of the lesson's.
func words(code string, names ...string) []string {
	return strings.Fields(strings.NewReplacer(names...).Replace(strings.Trim(code, "`")))
}

// example types a corrected example, and then tells what inspect says of its container.
func example(ctx SpecContext, box *sandbox.Box, correction string, names ...string) (ran func(g Gomega) engine.Container) {
	GinkgoHelper()
	images.Need(ctx, box, python)
	typed, name := words(correction, names...), box.Name("container")
	Expect(typed[:2]).To(Equal([]string{"docker", "run"}))
	box.AdoptContainer(name)
	answer := box.Docker(ctx, slices.Concat([]string{"run", "--name", name, "--network", "none"}, box.LabelFlags(), typed[2:])...)
	return func(g Gomega) engine.Container {
		g.Expect(answer).To(ExitZero())
		return box.Container(name, name).Inspect(ctx)
	}
}
