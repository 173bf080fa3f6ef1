// Package ephemeral covers the container layer: what a container writes outside
// any mount.
package ephemeral

import (
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// log stands for the lesson's /app/data/log.txt, and started for the line that the
// lesson's program appends at each start.
const (
	log     = "/app/log.txt"
	started = "Container started\n"
)

var _ = Describe("A container's own file system", Label("ephemeral"), func() {
	It("keeps written files as long as the container exists", claims.Decides("ephemeral/writes-data-to-disk", "ephemeral/file-exists"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		first := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) { g.Expect(first.Files(ctx, log)).To(HaveKeyWithValue("log.txt", started)) })
	})

	It("is removed with the container", claims.Decides("ephemeral/everything-inside-vanishes", "ephemeral/first-containers-data-gone"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		box.Run(ctx, probe.Append(log, started)).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(box.Run(ctx, probe.Read(log))).To(FailWith(probe.ENOENT)) })
	})

	It("is the layer that the engine removes with the container", claims.Decides(
		"ephemeral/stored-in-the-container-layer", "ephemeral/rm-removes",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		first := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(first.Inspect(ctx).Mounts).To(BeEmpty(), "the file must not be in a mount")
			g.Expect(first.Changes(ctx)).To(ContainElement("added " + log))
			first.Remove(ctx)
			g.Expect(first.Exists(ctx)).To(BeFalse())
		})
	})

	It("has one line in the log of a new container, not two", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.Run(ctx, probe.Append(log, started)).Remove(ctx)

		second := box.Run(ctx, probe.Append(log, started))

		Expect(second.Files(ctx, log)).To(HaveKeyWithValue("log.txt", started))
	})

	It("is isolated from that of every other container", claims.Decides("ephemeral/fresh-filesystem"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		one, other := box.Start(ctx), box.Start(ctx)

		one.Probe(ctx, probe.Write("/app/mine.txt", "mine"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(other.Exec(ctx, probe.Read("/app/mine.txt"))).To(FailWith(probe.ENOENT))
			g.Expect(other.Exec(ctx, probe.Read(probe.Seed+"/seed.txt"))).To(Print(probe.SeedText))
			one.Probe(ctx, probe.Unlink(probe.Seed+"/seed.txt"))
			g.Expect(other.Exec(ctx, probe.Read(probe.Seed+"/seed.txt"))).To(Print(probe.SeedText))
			g.Expect(box.Run(ctx, probe.Read(probe.Seed+"/seed.txt"))).To(Print(probe.SeedText))
		})
	})

	It("survives a restart", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		service := box.Start(ctx)
		service.Probe(ctx, probe.Write("/app/embeddings.db", "vectors"))

		service.Restart(ctx)

		Expect(service.Probe(ctx, probe.Read("/app/embeddings.db"))).To(Print("vectors"))
	})
})

var _ = Describe("A container whose program has ended", Label("ephemeral"), func() {
	It("lets docker exec read its files", claims.Decides("ephemeral/exec-command"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		ended := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) {
			var answer sandbox.Answer
			g.Expect(box.Try(func() { answer = ended.Exec(ctx, probe.Read(log)) })).To(Succeed())
			g.Expect(answer).To(Print("Container started"))
		})
	})

	It("refuses docker exec because it is not running", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		ended := box.Run(ctx, probe.Append(log, started))

		err := box.Try(func() { ended.Exec(ctx, probe.Read(log)) })

		Expect(err).To(MatchError(sayNotRunning()))
	})

	It("reports that a new container's log does not exist", claims.Decides("ephemeral/file-not-found-in-new-container"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.Run(ctx, probe.Append(log, started)).Remove(ctx)
		second := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) {
			var answer sandbox.Answer
			g.Expect(box.Try(func() { answer = second.Exec(ctx, probe.Read(log)) })).To(Succeed())
			g.Expect(answer).To(FailWith(probe.ENOENT))
		})
	})
})

// sayNotRunning matches the refusal by Docker or by Podman.
func sayNotRunning() OmegaMatcher {
	return Or(ContainSubstring("is not running"), ContainSubstring("can only create exec sessions on running containers"))
}

// fleeting bounds the specs with a hundred containers: they take 20 s alone, and
// several times that while a whole matrix runs.
const fleeting = 6 * time.Minute

// These run first, so that no process waits for them at the end.
var _ = Describe("A hundred identical containers", Label("ephemeral"), SpecPriority(1), func() {
	It("start identical and leave nothing behind", claims.Decides(
		"ephemeral/hundred-identical-containers", "ephemeral/temporary-reproducible-disposable",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		answers := runMany(ctx, box, 100, probe.Read(probe.Seed+"/seed.txt"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(answers).To(HaveEach(Print(probe.SeedText)))
			Expect(removeAll(ctx, box, false)).To(Succeed())
			g.Expect(list(ctx, box)).To(BeEmpty())
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
	}, SpecTimeout(fleeting))
})
