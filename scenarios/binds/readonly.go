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

// refusal is a deed and what the kernel says to it behind `:ro`.
type refusal struct {
	deed probe.Command
	with probe.Errno
}

// writes are the ways to change what a file holds, or who may. Each is refused
// on a read-only mount.
var writes = []refusal{
	{probe.Write(config, "overwritten"), probe.EROFS},
	{probe.Overwrite(config, "overwritten"), probe.EROFS},
	{probe.Append(config, "appended"), probe.EROFS},
	{probe.Truncate(config), probe.EROFS},
	{probe.Chmod("600", config), probe.EROFS},
}

// fileMoves take a file away that is itself a mount: the kernel finds it busy
// before it asks whether it may be written.
var fileMoves = []refusal{
	{probe.Unlink(config), probe.EBUSY},
	{probe.Rename(config, app+"/moved.json"), probe.EBUSY},
	{probe.Rename(probe.Seed+"/seed.txt", config), probe.EBUSY},
}

// directoryChanges are the ways to change a directory.
var directoryChanges = []refusal{
	{probe.Write(app+"/new.json", "new"), probe.EROFS},
	{probe.Mkdir(app + "/new"), probe.EROFS},
	{probe.Chmod("700", app), probe.EROFS},
	{probe.Rename(config, config+".old"), probe.EROFS},
	{probe.Rename(config+".old", config), probe.EROFS},
	{probe.Unlink(config), probe.EROFS},
}

var _ = Describe("A read-only bind mount", Label("binds"), func() {
	// Every user may write on the host's side: what refuses is the mount alone.
	It("of a file can be read but not changed", claims.Decides("binds/can-read-but-not-write", "binds/run-with-a-read-only-file"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		before := folder.State()
		container := box.Start(ctx, folder.File(name).At(config, "ro"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Read(config))).To(Print(original))
			g.Expect(container.Probe(ctx, probe.Attempt(writes[0].deed))).To(FailWith(writes[0].with))
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

	It("is one to the kernel and to inspect", claims.Decides("binds/ro-flag", "binds/run-with-a-read-only-file"), func(ctx SpecContext) {
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

	It("shows what the host writes all the same", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original)
		container := box.Start(ctx, folder.File(name).At(config, "ro"))

		delay := container.TimeUntilRead(ctx, config, `{"debug": true}`, func() { folder.Write(name, `{"debug": true}`) })

		Expect(delay).To(BeNumerically("<", atOnce))
	})
})

var _ = Describe("A bind mount without :ro", Label("binds"), func() {
	It("of a file lets the container write it, and not take it away", func(ctx SpecContext) {
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

	It("of a directory lets the container do all that :ro refuses", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		container := box.Start(ctx, folder.At(app))

		Expect(container.ProbeEach(ctx, attempts(unrefused(box, slices.Concat(writes, directoryChanges)))...)).To(HaveEach(ExitZero()))
		Expect(folder.List()).To(Equal("new\nnew.json"))
	})
})

// unrefused are the deeds that succeed without `:ro`. Where the engine maps
// users, the host's file belongs to nobody whose mode the container may change.
func unrefused(box *sandbox.Box, all []refusal) []refusal {
	return slices.DeleteFunc(slices.Clone(all), func(r refusal) bool {
		return box.Facts().UsernsRemap && r.deed.Args[0] == "chmod"
	})
}

// attempts are the deeds alone.
func attempts(all []refusal) []probe.Command {
	commands := make([]probe.Command, len(all))
	for i, refused := range all {
		commands[i] = probe.Attempt(refused.deed)
	}
	return commands
}
