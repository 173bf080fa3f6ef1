package sandbox

import (
	"context"
	"fmt"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
)

// DoFiles does file operations in the first process of a container that Start
// started, in order, and returns their results. What they open, lock, map or
// watch stays so until it is closed or the container ends.
func (c *Container) DoFiles(ctx context.Context, operations ...fileops.Operation) []fileops.Result {
	GinkgoHelper()
	return fileResults(c.Probe(ctx, probe.Files(operations...)), len(operations))
}

// ExecFiles does file operations in a process of their own, as `docker exec`
// does: for what has to go on beside the first process.
func (c *Container) ExecFiles(ctx context.Context, operations ...fileops.Operation) []fileops.Result {
	GinkgoHelper()
	return fileResults(c.Exec(ctx, probe.Files(operations...)), len(operations))
}

// RunFiles does file operations in a container of their own.
func (b *Box) RunFiles(ctx context.Context, operations []fileops.Operation, options ...Option) []fileops.Result {
	GinkgoHelper()
	return fileResults(b.Run(ctx, probe.Files(operations...), options...).Answer, len(operations))
}

func fileResults(answer Answer, operations int) []fileops.Result {
	GinkgoHelper()
	results, err := probe.FileResults(answer.Stdout, operations)
	if err != nil {
		Fail(fmt.Sprintf("%s: %v; %s", answer.Command, err, answer))
	}
	return results
}

// Host does file operations on this machine, for the host's side of a bind
// mount. What they open stays open until it is closed or the spec ends.
type Host struct {
	box     *Box
	session *fileops.Session
}

// Host returns a session of file operations on this machine.
func (b *Box) Host() *Host {
	h := &Host{b, fileops.NewSession()}
	DeferCleanup(h.session.Close)
	return h
}

// DoFiles does the operations in order and returns their results.
func (h *Host) DoFiles(operations ...fileops.Operation) []fileops.Result {
	results := h.session.Do(operations...)
	for i, operation := range operations {
		h.box.Did(evidence.Step{Did: "API: on the host: " + operation.String(), Saw: results[i].String()})
	}
	return results
}
