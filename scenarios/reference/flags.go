package reference

import (
	"slices"
	"strconv"
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

// mebibyte is the size that `size=1m` sets, in bytes.
const mebibyte = 1 << 20

var _ = Describe("docker run", Label("reference"), func() {
	It("-v NAME:PATH attaches the volume with that name", claims.Decides("reference/attach-a-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, image := named(box), box.ProbeImage()
		create(ctx, box, volume)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", volume.Name+":/app/data", image, "write", "/app/data/model.bin", "weights")).To(ExitZero())
			g.Expect(run(ctx, box, "-v", volume.Name+":/elsewhere", image, "read", "/elsewhere/model.bin")).To(Print("weights"))
		})
	})

	It("-v HOST:PATH mounts the host's directory", claims.Decides("reference/bind-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("code.py", "from the host").WorldWritable()

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", folder.Path+":/app", box.ProbeImage(), "append", "/app/code.py", ", and from inside")).To(ExitZero())
			g.Expect(folder.Read("code.py")).To(Print("from the host, and from inside"))
		})
	})

	It("-v PATH:ro mounts read-only", claims.Decides("reference/read-only-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		typed := run(ctx, box, "-v", folder.Path+":ro", box.ProbeImage(), "mounts", folder.Path)

		claims.Holds(ctx, func(g Gomega) { g.Expect(typed).To(PrintJSON[probe.MountInfo](HaveField("Options", HavePrefix("ro")))) })
	})

	It("-v PATH:ro is refused because ro is not a path", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		typed := run(ctx, box, "-v", folder.Path+":ro", box.ProbeImage(), "list", "/")

		Expect(typed).NotTo(ExitZero())
		Expect(typed.Stderr).To(ContainSubstring("invalid"))
	})

	It("-v HOST:PATH:ro mounts read-only", claims.Decides("reference/read-only-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("config.json", "{}").WorldWritable()
		mount := folder.File("config.json").Path + ":/app/config.json"

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", mount+":ro", box.ProbeImage(), "read", "/app/config.json")).To(Print("{}"))
			g.Expect(run(ctx, box, "-v", mount+":ro", box.ProbeImage(), "overwrite", "/app/config.json", "[]")).To(FailWith(probe.EROFS))
			g.Expect(folder.Read("config.json")).To(Print("{}"))
		})
		Expect(run(ctx, box, "-v", mount, box.ProbeImage(), "overwrite", "/app/config.json", "[]")).To(ExitZero())
	})

	It("--tmpfs PATH mounts a tmpfs", claims.Decides("reference/tmpfs-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, "--tmpfs", "/run/secrets", box.ProbeImage(), "mounts", "/run/secrets")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(typed).To(PrintJSON[probe.MountInfo](And(HaveField("Type", "tmpfs"), HaveField("SuperOptions", Not(ContainSubstring("size="))))))
		})
	})

	It("--tmpfs PATH:size=1m limits the size", claims.Decides("reference/tmpfs-size"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		filled := run(ctx, box, "--tmpfs", "/scratch:size=1m", box.ProbeImage(), "fill", "/scratch/full", strconv.Itoa(mebibyte+1))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(filled).To(FailWith(probe.ENOSPC))
			g.Expect(filled.Stdout).To(Equal(strconv.Itoa(mebibyte) + "\n"))
		})
	})

	It("--tmpfs /tmp:size=512m gives 512 MiB", func(ctx SpecContext) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, "--tmpfs", "/tmp:size=512m", box.ProbeImage(), "statfs", "/tmp")

		Expect(typed).To(PrintJSON[probe.FileSystem](And(HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(512*mebibyte)))))
	})
})

// flags returns the flags of an example, with the sandbox's names instead of the lesson's.
type flags func(ctx SpecContext, box *sandbox.Box) []string

// The table prints these examples like those of `docker volume`, which work when
// typed as printed. The corrected examples below name an image, and work.
var _ = DescribeTable("An example of docker run works as printed, without an image", Label("reference"),
	func(ctx SpecContext, printed flags) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, printed(ctx, box)...)

		claims.Holds(ctx, func(g Gomega) { g.Expect(typed).To(ExitZero()) })
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

// python is the image in the corrected examples.
const python = "python:3.12-slim"

// correctedExample prepares a corrected example: the sandbox's names, each behind the
// lesson's name that it replaces, and what inspect must show of the container.
type correctedExample func(ctx SpecContext, box *sandbox.Box) (names []string, want OmegaMatcher)

var _ = DescribeTable("A corrected example of docker run", Label("reference", "python"),
	func(ctx SpecContext, prepare correctedExample) {
		box := sandbox.New(ctx)
		names, want := prepare(ctx, box)

		ran := example(ctx, box, claims.Correction(ctx), names...)

		claims.Corrected(ctx, func(g Gomega, _ string) { g.Expect(ran(g)).To(want) })
	},
	Entry("attaches the named volume", claims.Corrects("reference/attach-a-volume-example"),
		correctedExample(func(ctx SpecContext, box *sandbox.Box) ([]string, OmegaMatcher) {
			volume := named(box)
			Expect(create(ctx, box, volume)).To(ExitZero())
			return []string{"my-data", volume.Name}, HaveField("Mounts", ConsistOf(And(
				HaveField("Type", "volume"), HaveField("Name", volume.Name), HaveField("Target", "/app/data"), HaveField("ReadWrite", true))))
		})),
	Entry("bind mounts the directory", claims.Corrects("reference/bind-mount-example"),
		correctedExample(func(ctx SpecContext, box *sandbox.Box) ([]string, OmegaMatcher) {
			return []string{"~/code", box.Dir(ctx).Path}, HaveField("Mounts", ConsistOf(And(
				HaveField("Type", "bind"), HaveField("Target", "/app"), HaveField("ReadWrite", true))))
		})),
	Entry("mounts the file read-only", claims.Corrects("reference/read-only-mount-example"),
		correctedExample(func(ctx SpecContext, box *sandbox.Box) ([]string, OmegaMatcher) {
			file := box.Dir(ctx).Write("config.json", "{}").File("config.json")
			return []string{"~/config.json", file.Path}, HaveField("Mounts", ConsistOf(And(
				HaveField("Type", "bind"), HaveField("Target", "/app/config.json"), HaveField("ReadWrite", false))))
		})),
	Entry("mounts a tmpfs", claims.Corrects("reference/tmpfs-mount-example"),
		correctedExample(func(SpecContext, *sandbox.Box) ([]string, OmegaMatcher) {
			return nil, HaveField("Tmpfs", HaveKeyWithValue("/run/secrets", Not(ContainSubstring("size="))))
		})),
	Entry("mounts a tmpfs with that size", claims.Corrects("reference/tmpfs-size-example"),
		correctedExample(func(SpecContext, *sandbox.Box) ([]string, OmegaMatcher) {
			return nil, HaveField("Tmpfs", HaveKeyWithValue("/tmp", ContainSubstring("size=512m")))
		})),
)

var _ = Describe("The corrected read-only flag", Label("reference"), func() {
	It("mounts the host's directory read-only", claims.Corrects("reference/read-only-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("config.json", "{}").WorldWritable()
		flag := words(claims.Correction(ctx), "/host", folder.Path)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(run(ctx, box, slices.Concat(flag, []string{box.ProbeImage(), "read", "/path/config.json"})...)).To(Print("{}"))
			g.Expect(run(ctx, box, slices.Concat(flag, []string{box.ProbeImage(), "overwrite", "/path/config.json", "[]"})...)).To(FailWith(probe.EROFS))
		})
	})
})

// words splits code of the lesson, with the sandbox's names instead of the lesson's.
func words(code string, names ...string) []string {
	return strings.Fields(strings.NewReplacer(names...).Replace(strings.Trim(code, "`")))
}

// example types a corrected example and returns a function that inspects its container.
func example(ctx SpecContext, box *sandbox.Box, correction string, names ...string) (ran func(g Gomega) engine.Container) {
	GinkgoHelper()
	images.Need(ctx, box, python)
	typed, name := words(correction, names...), box.Name("container")
	Expect(typed[:2]).To(Equal([]string{"docker", "run"}))
	answer := box.DockerRun(ctx, name, typed[2:]...)
	return func(g Gomega) engine.Container {
		g.Expect(answer).To(ExitZero())
		return box.Container(name, name).Inspect(ctx)
	}
}
