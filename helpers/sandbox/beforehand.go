package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Preparation is long work that several specs need, such as building an image.
// The suite's first process does it before any spec runs, where people see
// its progress, and hands what came of it to all processes.
type Preparation struct {
	Key string
	// Label is the Ginkgo label of the specs that need it: where the run's
	// filters leave those out, there is nothing to prepare.
	Label string
	// Do returns what Prepared gives to the specs. An error ends the run.
	Do func(ctx context.Context, r *Run, progress io.Writer) (any, error)
}

var (
	preparations []Preparation
	// selected are the labels of the specs that this run is about to run.
	selected []string
)

// Select tells which labels the specs bear that the run's filters select: what
// none of those needs is not prepared.
func Select(labels []string) { selected = labels }

// Beforehand announces a preparation. It is called from package variables;
// what several of them announce under one key is done once.
func Beforehand(p Preparation) bool {
	preparations = append(preparations, p)
	return true
}

// prepare does the announced work.
func (r *Run) prepare(ctx context.Context, progress io.Writer) error {
	for _, p := range preparations {
		if _, done := r.prepared[p.Key]; done || !slices.Contains(selected, p.Label) {
			continue
		}
		value, err := p.Do(ctx, r, progress)
		if err != nil {
			return fmt.Errorf("preparing %s: %w", p.Key, err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("preparing %s: %w", p.Key, err)
		}
		r.prepared[p.Key] = data
	}
	return nil
}

// Prepared reads what a preparation came to. It is false where the run left
// the work to the specs.
func (r *Run) Prepared(key string, into any) bool {
	data, done := r.prepared[key]
	return done && json.Unmarshal(data, into) == nil
}

// Prepared reads what a preparation of the box's run came to.
func (b *Box) Prepared(key string, into any) bool { return b.run.Prepared(key, into) }
