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

var _ = Describe("A snapshot of the lesson's Qdrant", Label("qdrant", "compose"), func() {
	It("survives the loss of the vectors, in a volume of its own, and brings them back", claims.Decides(
		"qdrant/volume-for-snapshots",
	), func(ctx SpecContext) {
		db := start(ctx, sandbox.New(ctx))
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
