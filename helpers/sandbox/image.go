package sandbox

import "context"

// AdoptImage sees to it that an image of that name (one that Name made), which
// a command is about to build with the sandbox's labels, is removed with the sandbox.
func (b *Box) AdoptImage(name string) {
	b.tidy("image "+name, func(ctx context.Context) error { return b.run.engine.RemoveImage(ctx, name) })
}
