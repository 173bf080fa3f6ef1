package qdrant

import (
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/qdrant"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A thousand vectors in the lesson's Qdrant", Ordered, ContinueOnFailure, Label("qdrant", "compose"), func() {
	var db *database

	BeforeAll(func(ctx SpecContext) {
		db = asPrinted(ctx, sandbox.New(ctx)).start(ctx)
		db.fill(ctx, 1000)
	})

	It("are in a service that runs as the compose file says", claims.Decides("qdrant/compose-file", "qdrant/up"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			container, ok := db.Container(ctx, service)
			g.Expect(ok).To(BeTrue())
			g.Expect(container.State).To(Equal("running"))
			g.Expect(db.Compare(ctx)).To(BeEmpty())
		})
	})

	It("are on a named volume", claims.Decides("qdrant/named-volume-for-the-vectors"), Label("mounts"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(db.Service(ctx, service).Inspect(ctx).Mounts).To(ContainElement(ofVolume(db.Name+"_"+storage, "/qdrant/storage")))
		})
	})

	It("have a volume for their snapshots", claims.Decides("qdrant/volume-for-snapshots"), Label("mounts"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(db.Service(ctx, service).Inspect(ctx).Mounts).To(ContainElement(ofVolume(db.Name+"_"+snapshots, "/qdrant/snapshots")))
		})
	})

	It("are on volumes of the local driver", claims.Decides("qdrant/local-driver"), Label("mounts"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(db.Service(ctx, service).Inspect(ctx).Mounts).To(And(HaveLen(2), HaveEach(HaveField("Driver", "local"))))
		})
	})

	It("are ranked by the distance Dot", func(SpecContext) {
		Expect(db.ranking).To(Equal(db.ranked()))
	})

	It("survive a restart unchanged, with the same ranking", claims.Decides("qdrant/vectors-persist"), func(ctx SpecContext) {
		before := db.Service(ctx, service).Inspect(ctx)

		db.Restart(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(db.found(ctx)).To(Equal(db.whole())) })
		Expect(db.Service(ctx, service).Inspect(ctx).StartedAt).NotTo(Equal(before.StartedAt), "the container must have restarted")
	})

	It("survive down and up", claims.Decides(
		"qdrant/down", "qdrant/up-again", "qdrant/vectors-persist", "qdrant/because-of-the-volume", "qdrant/named-volume-for-the-vectors",
	), func(ctx SpecContext) {
		before := db.Service(ctx, service)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(db.Try(ctx, "down")).To(ExitZero())
			g.Expect(before.Exists(ctx)).To(BeFalse(), "down must remove the container")
			g.Expect(db.Try(ctx, "up", "-d")).To(ExitZero())
			g.Expect(db.found(ctx)).To(Equal(db.whole()))
		})
	})

	It("survive kill -9, up to the last acknowledged one", claims.Decides("qdrant/vectors-persist"), func(ctx SpecContext) {
		server := db.server(ctx)
		db.store(ctx, server, 100)

		db.Kill(ctx)
		killed := db.Service(ctx, service).Inspect(ctx)
		db.Start(ctx)

		Expect(killed.ExitCode).To(Equal(137))
		claims.Holds(ctx, func(g Gomega) { g.Expect(db.found(ctx)).To(Equal(db.whole())) })
	})

	It("survive a new configuration of the service", claims.Decides("qdrant/vectors-persist", "qdrant/because-of-the-volume"), func(ctx SpecContext) {
		before := db.Service(ctx, service)
		db.edit("environment:\n", "labels:\n      release: \"2\"\n    environment:\n"+telemetryOff)

		db.Up(ctx)

		after := db.Service(ctx, service)
		Expect(after.ID).NotTo(Equal(before.ID), "it must be a new container")
		Expect(after.Inspect(ctx).Labels).To(HaveKeyWithValue("release", "2"))
		claims.Holds(ctx, func(g Gomega) { g.Expect(db.found(ctx)).To(Equal(db.whole())) })
	})

	It("are not in another project from the same file", func(ctx SpecContext) {
		other := prepare(ctx, sandbox.New(ctx)).start(ctx) // its own sandbox, which ends with this spec
		other.stored = db.stored
		Expect(other.found(ctx)).To(Equal(db.nothing()))
		other.stored = nil

		other.fill(ctx, 10)

		Expect(other.Volume(ctx, storage)).NotTo(Equal(db.Volume(ctx, storage)))
		Expect(other.found(ctx)).To(Equal(other.whole()))
		Expect(db.found(ctx)).To(Equal(db.whole()))
	})

	It("are lost with down -v, like their snapshots", func(ctx SpecContext) {
		Expect(db.server(ctx).CreateSnapshot(ctx, documents)).NotTo(BeZero())

		db.DownVolumes(ctx)

		Expect([]bool{db.HasVolume(ctx, storage), db.HasVolume(ctx, snapshots)}).To(HaveEach(false))
		db.Up(ctx)
		Expect(db.found(ctx)).To(Equal(db.nothing()))
		server := db.server(ctx)
		Expect(server.CreateCollection(ctx, documents, dimensions, qdrant.Dot)).To(Succeed())
		Expect(server.Snapshots(ctx, documents)).To(BeEmpty())
	})
})

var _ = Describe("Vectors in a Qdrant without the storage volume", Label("qdrant", "compose"), func() {
	It("are lost with the container, but not before", claims.Decides("qdrant/because-of-the-volume"), func(ctx SpecContext) {
		db := prepare(ctx, sandbox.New(ctx))
		db.edit("      - qdrant-storage:/qdrant/storage    # Named volume for vector DB\n", "")
		db.Up(ctx)
		db.fill(ctx, 20)
		db.Restart(ctx)
		Expect(db.found(ctx)).To(Equal(db.whole()), "a restart keeps the container layer")

		db.Down(ctx)
		db.Up(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(db.found(ctx)).To(Equal(db.nothing())) })
	})
})

func ofVolume(name, target string) OmegaMatcher {
	return And(HaveField("Type", "volume"), HaveField("Name", name), HaveField("Target", target), HaveField("ReadWrite", true))
}

var _ = Describe("A snapshot of the lesson's Qdrant", Label("qdrant", "compose"), func() {
	It("survives the vectors on its own volume, and restores them", claims.Decides("qdrant/volume-for-snapshots"), func(ctx SpecContext) {
		db := prepare(ctx, sandbox.New(ctx)).start(ctx)
		db.fill(ctx, 200)
		made, err := db.server(ctx).CreateSnapshot(ctx, documents)
		Expect(err).NotTo(HaveOccurred())

		db.Down(ctx)
		Expect(db.box.Engine().RemoveVolume(ctx, db.Volume(ctx, storage), false)).To(Succeed())
		db.Up(ctx)

		Expect(db.found(ctx)).To(Equal(db.nothing()), "the vectors must be lost first")
		kept := sandbox.Mount(engine.Mount{Type: "volume", Source: db.Volume(ctx, snapshots), Target: "/snapshots"})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(db.box.Run(ctx, probe.Stat("/snapshots/"+documents+"/"+made.Name), kept)).To(PrintJSON[probe.Status](HaveField("Size", made.Size)))
			server := db.server(ctx)
			g.Expect(server.CreateCollection(ctx, documents, dimensions, qdrant.Dot)).To(Succeed())
			g.Expect(server.Snapshots(ctx, documents)).To(ConsistOf(And(HaveField("Name", made.Name), HaveField("Checksum", made.Checksum))))
			g.Expect(server.Recover(ctx, documents, made.Name)).To(Succeed())
			g.Expect(db.found(ctx)).To(Equal(db.whole()))
		})
	})
})
