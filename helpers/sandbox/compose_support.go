package sandbox

import (
	"context"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"
)

// Cleanup sees to it that what something else made for this sandbox is removed
// with it, before what the sandbox made earlier. Where the spec removed it
// already, remove finds nothing to do.
func (b *Box) Cleanup(what string, remove func(ctx context.Context) error) { b.tidy(what, remove) }

// Did records a deed on the sandbox's things that something else did.
func (b *Box) Did(step evidence.Step) { b.did(step) }

// Note puts a volume that can bear no label, an anonymous one, into the run's
// journal: a later run removes it should this one die. It says whether the
// name is one that an engine gives.
func (b *Box) Note(volume string) (bool, error) {
	if !run.IsAnonymous(volume) {
		return false, nil
	}
	return true, b.run.Record(volume)
}

// Container takes a container that something else made for this sandbox, and
// that something else removes, for commands and questions.
func (b *Box) Container(id, name string) *Container {
	for _, known := range b.containers {
		if known.ID == id {
			return known
		}
	}
	c := &Container{ID: id, Name: name, box: b}
	b.containers = append(b.containers, c)
	return c
}
