package reference

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// flags are those of an example, with the sandbox's names in place of the lesson's.
type flags func(ctx SpecContext, box *sandbox.Box) []string

// The lesson prints these examples as it prints those of `docker volume`, which
// can be typed as they stand. That they work with an image, corrected.go shows.
var _ = DescribeTable("An example of docker run, typed as printed, without an image, works", Label("reference"),
	func(ctx SpecContext, printed flags) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, printed(ctx, box)...)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(typed).To(ExitZero())
		})
		Expect(typed.Stderr).To(MatchRegexp(`requires at least 1 arg`))
	},
	Entry("with a named volume", claims.Decides("reference/attach-a-volume-example"),
		flags(func(ctx SpecContext, box *sandbox.Box) []string {
			return []string{"-v", named(box).Name + ":/app/data"}
		})),
	Entry("with a bind mount", claims.Decides("reference/bind-mount-example"),
		flags(func(ctx SpecContext, box *sandbox.Box) []string { return []string{"-v", box.Dir(ctx).Path + ":/app"} })),
	Entry("with a read-only file", claims.Decides("reference/read-only-mount-example"),
		flags(func(ctx SpecContext, box *sandbox.Box) []string {
			return []string{"-v", box.Dir(ctx).Write("config.json", "{}").File("config.json").Path + ":/app/config.json:ro"}
		})),
	Entry("with a tmpfs", claims.Decides("reference/tmpfs-mount-example"),
		flags(func(SpecContext, *sandbox.Box) []string { return []string{"--tmpfs", "/run/secrets"} })),
	Entry("with a tmpfs of a size", claims.Decides("reference/tmpfs-size-example"),
		flags(func(SpecContext, *sandbox.Box) []string { return []string{"--tmpfs", "/tmp:size=512m"} })),
)
