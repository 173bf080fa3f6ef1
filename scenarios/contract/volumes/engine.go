package volumes

import (
	"context"
	"strings"
	"sync"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A restart of the engine", Serial, Label("engine-wide"), func() {
	It("leaves volumes in use", claims.Decides(
		"contract-volumes/references-survive-engine-restart", "contract-volumes/prune-spares-used-after-engine-restart",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("the engine is restarted")
		box.NeedsControl()
		volume, nameless, unused := box.Volume(ctx), unnamed(ctx, box), unnamed(ctx, box)
		container := box.Start(ctx, volume.At(data), nameless.At("/nameless"))
		container.DoFiles(ctx, fileops.Write(file, text))

		box.RestartEngine(ctx)

		claims.Get(ctx, "contract-volumes/references-survive-engine-restart").Holds(func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name)).To(HaveField("Status", 409))
		})
		claims.Get(ctx, "contract-volumes/prune-spares-used-after-engine-restart").Holds(func(g Gomega) {
			g.Expect(box.PruneVolumes(ctx)).To(ConsistOf(unused.Name))
			g.Expect(box.Run(ctx, probe.Read(file), volume.At(data))).To(Print(text))
		})
	})

	It("leaves containers running with live-restore", claims.Decides("contract-volumes/live-restore-keeps-references"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("the engine is restarted")
		restores := box.Facts().LiveRestore
		if !restores && box.Facts().Name == "docker" {
			Skip("needs an engine with live-restore, such as the lab's docker-live-restore")
		}
		box.NeedsControl()
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		started := container.Inspect(ctx).StartedAt

		box.RestartEngine(ctx)

		Expect(container.Inspect(ctx)).To(And(HaveField("State", "running"), HaveField("StartedAt", started)))
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(restores).To(BeTrue(), "`docker info` must know live-restore")
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name)).To(HaveField("Status", 409))
			g.Expect(box.PruneVolumes(ctx)).To(BeEmpty())
			g.Expect(container.Exec(ctx, probe.Attempt(probe.Write(file, text)))).To(ExitZero())
		})
	})
})

var _ = Describe("A prune of volumes", func() {
	It("is refused while another is at work", claims.Decides("contract-volumes/one-prune-at-a-time"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		claims.Holds(ctx, func(g Gomega) {
			statuses := map[int]int{}
			for round := 0; round < 3 && statuses[409] == 0; round++ {
				for status, count := range pruneTogether(ctx, box, 8) {
					statuses[status] += count
				}
			}
			g.Expect(statuses).To(And(HaveKey(409), HaveKey(200), HaveLen(2)))
		})
	})
})

// pruneTogether prunes a volume with many files by several requests at once, and counts the replies by status.
func pruneTogether(ctx context.Context, box *sandbox.Box, requests int) map[int]int {
	GinkgoHelper()
	reply := api.Do(ctx, box, "POST /volumes/create", api.Object{"Labels": box.Labels()})
	adopt(box, reply)
	volume := api.Decode[struct{ Name string }](reply).Name
	box.Run(ctx, probe.Files(fileops.MakeMany(data, "file", 5000)), api.Volume(volume, data)).Remove(ctx)
	var wait sync.WaitGroup
	var lock sync.Mutex
	statuses := map[int]int{}
	for range requests {
		wait.Go(func() {
			defer GinkgoRecover()
			reply, err := box.Engine().Request(ctx, "", "POST", "/volumes/prune?"+api.Filters("label", strings.TrimPrefix(box.Filter(), "label=")), "")
			Expect(err).NotTo(HaveOccurred())
			lock.Lock()
			defer lock.Unlock()
			statuses[reply.Status]++
		})
	}
	wait.Wait()
	return statuses
}
