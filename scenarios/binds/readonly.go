package binds

import (
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's read-only file.
const (
	name     = "config.json"
	config   = app + "/" + name
	original = `{"debug": false}`
)

// refusal is an operation and the error that it gets on a read-only mount.
type refusal struct {
	op   probe.Command
	with probe.Errno
}

// writes change a file's content or mode. A read-only mount refuses each.
var writes = []refusal{
	{probe.Write(config, "overwritten"), probe.EROFS},
	{probe.Overwrite(config, "overwritten"), probe.EROFS},
	{probe.Append(config, "appended"), probe.EROFS},
	{probe.Truncate(config), probe.EROFS},
	{probe.Chmod("600", config), probe.EROFS},
}

// fileMoves remove or replace a file that is a mount point: the kernel reports it as
// busy before it checks for a read-only mount.
var fileMoves = []refusal{
	{probe.Unlink(config), probe.EBUSY},
	{probe.Rename(config, app+"/moved.json"), probe.EBUSY},
	{probe.Rename(probe.Seed+"/seed.txt", config), probe.EBUSY},
}

// directoryChanges change a directory.
var directoryChanges = []refusal{
	{probe.Write(app+"/new.json", "new"), probe.EROFS},
	{probe.Mkdir(app + "/new"), probe.EROFS},
	{probe.Chmod("700", app), probe.EROFS},
	{probe.Rename(config, config+".old"), probe.EROFS},
	{probe.Rename(config+".old", config), probe.EROFS},
	{probe.Unlink(config), probe.EROFS},
}

var _ = Describe("A read-only bind mount", Label("binds"), func() {
	// The files are world-writable on the host: only the mount can refuse.
	It("of a file can be read but not changed", claims.Decides("binds/can-read-but-not-write", "binds/run-with-a-read-only-file"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		before := folder.State()
		container := box.Start(ctx, folder.File(name).At(config, "ro"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Read(config))).To(Print(original))
			g.Expect(container.Probe(ctx, probe.Attempt(writes[0].op))).To(FailWith(writes[0].with))
			refusals := slices.Concat(writes, fileMoves)
			for i, answer := range container.ProbeEach(ctx, attempts(refusals)...) {
				g.Expect(answer).To(FailWith(refusals[i].with))
			}
			g.Expect(container.Probe(ctx, probe.Read(config))).To(Print(original))
			g.Expect(folder.State()).To(Equal(before))
		})
	})

	It("of a directory can be read but not changed", claims.Decides("binds/ro-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		before := folder.State()
		container := box.Start(ctx, folder.At(app, "ro"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Read(config))).To(Print(original))
			refusals := slices.Concat(writes, directoryChanges)
			for i, answer := range container.ProbeEach(ctx, attempts(refusals)...) {
				g.Expect(answer).To(FailWith(refusals[i].with))
			}
			g.Expect(container.Probe(ctx, probe.List(app))).To(Print(name))
			g.Expect(folder.State()).To(Equal(before))
		})
	})

	It("is read-only to the kernel and to inspect", claims.Decides("binds/ro-flag", "binds/run-with-a-read-only-file"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original)
		container := box.Start(ctx, folder.File(name).At(config, "ro"), folder.At("/writable"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ConsistOf(
				And(HaveField("Type", "bind"), HaveField("Target", config), HaveField("ReadWrite", false)),
				And(HaveField("Type", "bind"), HaveField("Target", "/writable"), HaveField("ReadWrite", true)),
			))
			g.Expect(container.Probe(ctx, probe.MountAt(config))).To(PrintJSON[probe.MountInfo](HaveField("Options", MatchRegexp(`^ro(,|$)`))))
			g.Expect(container.Probe(ctx, probe.MountAt("/writable"))).To(PrintJSON[probe.MountInfo](HaveField("Options", MatchRegexp(`^rw(,|$)`))))
		})
	})

	It("shows what the host writes", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original)
		container := box.Start(ctx, folder.File(name).At(config, "ro"))

		delay := container.TimeUntilRead(ctx, config, `{"debug": true}`, func() { folder.Write(name, `{"debug": true}`) })

		Expect(delay).To(BeNumerically("<", atOnce))
	})
})

var _ = Describe("A bind mount without :ro", Label("binds"), func() {
	It("of a file lets the container write but not remove it", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		container := box.Start(ctx, folder.File(name).At(config))

		Expect(container.ProbeEach(ctx, attempts(unrefused(box, writes))...)).To(HaveEach(ExitZero()))
		for i, answer := range container.ProbeEach(ctx, attempts(fileMoves)...) {
			Expect(answer).To(FailWith(fileMoves[i].with))
		}
		container.Probe(ctx, probe.Append(config, "from the container"))
		Expect(folder.Read(name)).To(Print("from the container"))
	})

	It("of a directory allows all that :ro refuses", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		container := box.Start(ctx, folder.At(app))

		Expect(container.ProbeEach(ctx, attempts(unrefused(box, slices.Concat(writes, directoryChanges)))...)).To(HaveEach(ExitZero()))
		Expect(folder.State()).To(And(HaveLen(3), HaveKey("new"), HaveKey("new.json")), "besides the directory itself")
	})
})

// unrefused returns the operations that succeed without `:ro`. Where the engine maps
// users, the container does not own the host's file and must not change its mode.
func unrefused(box *sandbox.Box, all []refusal) []refusal {
	return slices.DeleteFunc(slices.Clone(all), func(r refusal) bool {
		return box.Facts().UsernsRemap && r.op.Args[0] == "chmod"
	})
}

// attempts returns the operations without their errors.
func attempts(all []refusal) []probe.Command {
	commands := make([]probe.Command, len(all))
	for i, refused := range all {
		commands[i] = probe.Attempt(refused.op)
	}
	return commands
}
