package run

import "context"

type contextKey struct{}

// WithRun returns a context that carries the run. A suite puts it around each
// Ginkgo node.
func WithRun(ctx context.Context, r *Run) context.Context {
	return context.WithValue(ctx, contextKey{}, r)
}

// From returns the run that WithRun put into the context, or nil.
func From(ctx context.Context) *Run {
	r, _ := ctx.Value(contextKey{}).(*Run)
	return r
}
