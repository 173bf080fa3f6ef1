// Package events covers the contract's promises about change events.
package events

import (
	"context"
	"slices"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// limit bounds the wait for events.
const limit = 3 * time.Second

// eachChange matches the events of the changes that observe makes.
var eachChange = ContainElements(
	event("create", "old"), event("modify", "old"), event("close-write", "old"), event("attrib", "old"),
	event("moved-from", "old"), event("moved-to", "new"), event("delete", "new"))

var _ = Describe("A program that watches a directory", Label("files"), func() {
	It("gets an event for each change of its own container and of another one", claims.Decides(
		"contract-events/own-changes", "contract-events/names-of-moved-files", "contract-events/changes-of-another-container",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 2, sandbox.Tmpfs("/tmpfs"))
		one, other := shared.All[0], shared.All[1]
		layer := ""
		own := map[string][]fileops.Event{}
		for _, place := range append([]string{layer, "/tmpfs"}, shared.Places...) {
			own[place] = observe(ctx, one, one, place+"/own")
		}

		claims.Get(ctx, "contract-events/own-changes").Holds(func(g Gomega) { g.Expect(own).To(HaveEach(eachChange)) })
		claims.Get(ctx, "contract-events/names-of-moved-files").Holds(func(g Gomega) {
			for place, events := range own {
				from := slices.IndexFunc(events, func(e fileops.Event) bool { return e.Kind == "moved-from" && e.Name == "old" })
				g.Expect(from).NotTo(Equal(-1), place)
				g.Expect(events).To(ContainElement(And(event("moved-to", "new"), HaveField("Cookie", And(Not(BeZero()), Equal(events[from].Cookie))))), place)
			}
		})
		claims.Get(ctx, "contract-events/changes-of-another-container").Holds(func(g Gomega) {
			for _, place := range shared.Places {
				g.Expect(observe(ctx, one, other, place+"/shared")).To(eachChange, place)
			}
		})
	})
})

// observe has one container watch a new directory, in which the other changes a file, and
// returns the events.
func observe(ctx context.Context, watcher, changer *sandbox.Container, directory string) []fileops.Event {
	GinkgoHelper()
	before, after := directory+"/old", directory+"/new"
	Expect(watcher.DoFiles(ctx, fileops.Mkdir(directory, 0o777), fileops.Watch(directory, directory, ""))).To(share.BeDone)
	changer.DoFiles(ctx, fileops.Write(before, "text"), fileops.Chmod(before, 0o600), fileops.Rename(before, after), fileops.Unlink(after))
	return watcher.DoFiles(ctx, fileops.Events(directory, "delete", "new", limit))[0].Events
}

func event(kind, name string) types.GomegaMatcher {
	return And(HaveField("Kind", kind), HaveField("Name", name))
}
