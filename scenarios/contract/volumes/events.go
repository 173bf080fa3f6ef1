package volumes

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

var _ = Describe("The events of a volume", func() {
	It("tell when it is created, mounted, unmounted and removed", claims.Decides(
		"contract-volumes/event-create", "contract-volumes/event-mount", "contract-volumes/event-unmount", "contract-volumes/event-destroy",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		stream := follow(ctx, box)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data, "ro"))
		container.Stop(ctx).Remove(ctx)
		Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name)).To(HaveField("Status", 204))

		events := stream.until(ctx, func(e engine.Event) bool {
			return e.ID == volume.Name && e.Action == "destroy" || e.Attributes["name"] == volume.Name && e.Action == "remove"
		})

		claims.Get(ctx, "contract-volumes/event-create").Holds(func(g Gomega) {
			g.Expect(events).To(ContainElement(event("create", volume.Name, HaveKeyWithValue("driver", "local"))))
		})
		claims.Get(ctx, "contract-volumes/event-mount").Holds(func(g Gomega) {
			g.Expect(events).To(ContainElement(event("mount", volume.Name, And(HaveKeyWithValue("container", container.ID),
				HaveKeyWithValue("destination", data), HaveKeyWithValue("read/write", "false")))))
		})
		claims.Get(ctx, "contract-volumes/event-unmount").Holds(func(g Gomega) {
			g.Expect(events).To(ContainElement(event("unmount", volume.Name, HaveKeyWithValue("container", container.ID))))
		})
		claims.Get(ctx, "contract-volumes/event-destroy").Holds(func(g Gomega) {
			g.Expect(events).To(ContainElement(event("destroy", volume.Name, Not(BeNil()))))
		})
		if box.Facts().Name == "podman" {
			Expect(events).To(And(ContainElement(event("create", "", HaveKeyWithValue("name", volume.Name))),
				ContainElement(HaveField("Action", "remove")), Not(ContainElement(HaveField("Action", ContainSubstring("mount"))))))
		}
	})

	It("tell once what a prune reclaimed", claims.Decides("contract-volumes/event-prune"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		stream := follow(ctx, box)
		volume := unnamed(ctx, box)
		box.Run(ctx, probe.Files(fileops.Generate(file, 1, 123_457)), volume.At(data)).Remove(ctx)

		Expect(box.PruneVolumes(ctx)).To(ConsistOf(volume.Name))

		events := stream.until(ctx, func(e engine.Event) bool {
			return e.Action == "prune" && (e.Attributes["reclaimed"] == "123457" || e.Attributes["name"] == volume.Name)
		})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(events).To(ContainElement(event("prune", "", HaveKeyWithValue("reclaimed", "123457"))))
		})
		if box.Facts().Name == "podman" {
			Expect(events).To(ContainElement(event("prune", "", HaveKeyWithValue("name", volume.Name))))
		}
	})
})

func event(action, id string, attributes types.GomegaMatcher) types.GomegaMatcher {
	return And(HaveField("Type", "volume"), HaveField("Action", action), HaveField("ID", id), HaveField("Attributes", attributes))
}

// followLimit bounds the wait for the last event.
const followLimit = 10 * time.Second

// stream collects the events of volumes while a spec runs.
type stream struct {
	mutex  sync.Mutex
	events []engine.Event
}

// follow starts to collect. Events are followed as they come, since Docker remembers only the last 256.
func follow(ctx SpecContext, box *sandbox.Box) *stream {
	GinkgoHelper()
	since, err := box.Engine().Clock(ctx)
	Expect(err).NotTo(HaveOccurred())
	following, cancel := context.WithCancel(ctx)
	s, ended := &stream{}, make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = box.Engine().Follow(following, since, map[string]string{"type": "volume"}, func(e engine.Event) bool {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.events = append(s.events, e)
			return false
		})
	}()
	DeferCleanup(func() {
		cancel()
		<-ended
	})
	return s
}

func (s *stream) seen() []engine.Event {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.events)
}

// until returns the events that were seen when the last one came, or at the limit.
func (s *stream) until(ctx SpecContext, last func(engine.Event) bool) []engine.Event {
	NewGomega(func(string, ...int) {}).Eventually(ctx, func() bool { return slices.ContainsFunc(s.seen(), last) }).Within(followLimit).Should(BeTrue())
	events := s.seen()
	evidence.Add(evidence.Step{Did: "docker events --filter type=volume", Saw: fmt.Sprint(events)})
	return events
}
