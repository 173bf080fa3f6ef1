package persistence

import (
	"context"

	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// engineEnd is the event that the engine ends in this way, and starts again.
func engineEnd(name string, deed func(*sandbox.Box, context.Context)) event {
	return event{name: name, engineWide: true, allowed: (*sandbox.Box).NeedsControl, ends: true,
		happen: func(ctx context.Context, s *stage) { s.outlive(ctx, deed) }}
}

// outlive lets the engine end and start, and notes what became of the running
// container before it is started again.
func (s *stage) outlive(ctx context.Context, deed func(*sandbox.Box, context.Context)) {
	GinkgoHelper()
	s.before = s.container.Inspect(ctx)
	deed(s.box, ctx)
	s.after = s.container.Inspect(ctx)
	s.container.Start(ctx)
}

// ending is the spec that the cells of an engine's end rest on: Docker's
// containers end with the engine, unless that keeps them alive (live-restore),
// and Podman's have a monitor of their own (conmon) each.
func (s *stage) ending() {
	GinkgoHelper()
	if s.box.Facts().Name == "podman" {
		Expect(s.after).To(And(HaveField("State", "running"), HaveField("StartedAt", s.before.StartedAt)))
		return
	}
	Expect(s.after).To(HaveField("State", "exited"))
}
