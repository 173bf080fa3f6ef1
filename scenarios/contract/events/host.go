package events

import (
	"fmt"
	"runtime"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A program that watches a bind mount", Label("files"), Ordered, ContinueOnFailure, func() {
	var names, below []string
	// All changes are made before the first wait: an engine that delivers no events costs one limit.
	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.LocalDir(ctx).Write("written", "old").Write("deleted", "old").Write("replaced", "old")
		w := watch(ctx, box, directory, "/data")
		directory.Write("written", "new").Write("created", "new").Remove("deleted").Replace("replaced", "new").Mkdir("below")
		names = w.until(ctx, "below")
		w.watch(ctx, "/data/below")
		directory.Write("below/file", "new")
		below = w.until(ctx, "file")
	})

	It("gets an event when the host writes a file", claims.Decides("contract-events/host-writes"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(names).To(ContainElement("written")) })
	})

	It("gets an event when the host creates or deletes a file", claims.Decides("contract-events/host-creates-and-deletes"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(names).To(ContainElements("created", "deleted")) })
	})

	It("gets an event when the host replaces a file", claims.Decides("contract-events/host-replaces-atomically"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(names).To(ContainElement("replaced")) })
	})

	It("gets an event when the host creates a directory, and can watch that", claims.Decides("contract-events/host-adds-a-directory"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(names).To(ContainElement("below"))
			g.Expect(below).To(ContainElement("file"))
		})
	})
})

var _ = Describe("A program that watches a bind mount", Label("files"), func() {
	It("gets an event within one second", claims.Decides("contract-events/events-come-within-a-second"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.LocalDir(ctx)
		w := watch(ctx, box, directory, "/data")
		changed := time.Now()

		directory.Write("file", "text")

		came := w.came(ctx, "", "file", time.Second)
		box.Did(evidence.Step{Did: "API: time from the change on the host to the event", Saw: fmt.Sprintf("%t, after %d ms", came, time.Since(changed).Milliseconds())})
		claims.Holds(ctx, func(g Gomega) { g.Expect(came).To(BeTrue()) })
	})
})

var _ = Describe("A program that watches a bind-mounted file", Label("files"), Ordered, ContinueOnFailure, func() {
	var directory *sandbox.Dir
	var w *watcher
	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory = box.LocalDir(ctx).Write("file", "old")
		w = watch(ctx, box, directory.File("file"), "/watched")
	})

	It("gets an event when the host writes into the file", claims.Decides("contract-events/single-file-written"), func(ctx SpecContext) {
		directory.Write("file", "new")

		claims.Holds(ctx, func(g Gomega) { g.Expect(w.came(ctx, "close-write", "", limit)).To(BeTrue()) })
	})

	It("gets no event for the file that replaced it", claims.Decides("contract-events/single-file-replaced"), func(ctx SpecContext) {
		directory.Replace("file", "replaced").Write("file", "newer")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(w.container).NotTo(BeNil())
			g.Expect(w.came(ctx, "modify", "", 300*time.Millisecond)).To(BeFalse())
		})
	})
})

var _ = Describe("A program of the host that watches the source of a bind mount", Label("files"), func() {
	It("gets an event for what a container writes", claims.Decides("contract-events/container-changes-reach-the-host"), func(ctx SpecContext) {
		if runtime.GOOS != "linux" {
			Skip("needs a host with inotify: the suite watches files on Linux only")
		}
		box := sandbox.New(ctx)
		directory, host := box.LocalDir(ctx).WorldWritable(), box.Host()
		container := share.Mounted(ctx, box, share.Bind(directory, "/data"))
		Expect(host.DoFiles(fileops.Watch(directory.Path, "watch", ""))).To(share.BeDone)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container).NotTo(BeNil())
			g.Expect(container.DoFiles(ctx, fileops.Write("/data/file", "text"))).To(share.BeDone)
			g.Expect(host.DoFiles(fileops.Events("watch", "", "file", limit))).To(HaveEach(HaveField("Held", true)))
		})
	})
})

// watcher is a container that watches a bind mount. Without a container, it sees nothing.
type watcher struct{ container *sandbox.Container }

// watch starts a container that watches a directory or file of this machine.
func watch(ctx SpecContext, box *sandbox.Box, source *sandbox.Dir, target string) *watcher {
	GinkgoHelper()
	w := &watcher{share.Mounted(ctx, box, share.Bind(source, target))}
	w.watch(ctx, target)
	return w
}

// watch watches another path. A path that does not exist is not watched.
func (w *watcher) watch(ctx SpecContext, path string) {
	GinkgoHelper()
	if w.container != nil {
		w.container.DoFiles(ctx, fileops.Watch(path, "watch", ""))
	}
}

// until waits for an event of a file and returns the names in all events up to it.
func (w *watcher) until(ctx SpecContext, name string) (names []string) {
	GinkgoHelper()
	if w.container == nil {
		return nil
	}
	for _, event := range w.container.DoFiles(ctx, fileops.Events("watch", "", name, limit))[0].Events {
		names = append(names, event.Name)
	}
	return names
}

// came reports whether an event of a kind and file came. Either may be empty.
func (w *watcher) came(ctx SpecContext, kind, name string, within time.Duration) bool {
	GinkgoHelper()
	return w.container != nil && w.container.DoFiles(ctx, fileops.Events("watch", kind, name, within))[0].Held
}
