// Package durability covers the contract's promises about data after a crash.
package durability

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

const (
	layer = "/layer"
	tmpfs = "/tmpfs"
)

var _ = Describe("What a container wrote", Label("files"), func() {
	It("is there after the container was killed", claims.Decides("contract-durability/survives-kill-of-container"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 1)
		container, places := shared.All[0], append([]string{layer}, shared.Places...)
		Expect(container.DoFiles(ctx, written(places)...)).To(share.BeDone)

		container.Kill(ctx).Start(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(container.DoFiles(ctx, read(places)...)).To(HaveEach(text)) })
	})

	It("and synced is there after the engine was killed", Serial, Label("engine-wide"), claims.Decides("contract-durability/survives-kill-of-engine"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("the engine is killed")
		box.NeedsControl()
		shared := share.Start(ctx, box, 1)
		container := shared.All[0]
		Expect(container.DoFiles(ctx, synced(shared.Places)...)).To(share.BeDone)

		box.CrashEngine(ctx)
		container.Start(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(container.DoFiles(ctx, read(shared.Places)...)).To(HaveEach(text)) })
	})
})

// text matches the result of reading a file that was written.
var text types.GomegaMatcher = And(HaveField("Errno", ""), HaveField("Data", []byte("text")))

// written returns the operations that write a file in a directory of each place.
func written(places []string) (operations []fileops.Operation) {
	for _, place := range places {
		operations = append(operations, fileops.Mkdir(place+"/below", 0o777), fileops.Write(place+"/below/file", "text"))
	}
	if len(places) > 0 && places[0] == layer {
		operations = append([]fileops.Operation{fileops.Mkdir(layer, 0o777)}, operations...)
	}
	return operations
}

// synced returns the operations of written and those that sync the files and directories.
func synced(places []string) []fileops.Operation {
	operations := written(places)
	for _, place := range places {
		operations = append(operations, fileops.SyncFile(place+"/below/file"), fileops.SyncDirectory(place+"/below"), fileops.SyncDirectory(place))
	}
	return operations
}

// read returns the operations that read the files.
func read(places []string) (operations []fileops.Operation) {
	for _, place := range places {
		operations = append(operations, fileops.Read(place+"/below/file"))
	}
	return operations
}
