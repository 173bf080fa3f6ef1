package run

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// Setup is long work that several specs need, such as building an image. The
// first process does it before any spec runs, where people see its progress,
// and passes the result to all processes.
type Setup struct {
	Key string
	// Label is the Ginkgo label of the specs that need the setup. A run whose
	// filters select none of them leaves it out.
	Label string
	// Do returns the result, which must survive JSON. An error ends the run.
	Do func(ctx context.Context, r *Run, progress io.Writer) (any, error)
}

// setUp does the setups, one of each key, and returns their results by key.
func (r *Run) setUp(ctx context.Context, setups []Setup, progress io.Writer) (map[string]json.RawMessage, error) {
	results := map[string]json.RawMessage{}
	for _, s := range setups {
		if _, done := results[s.Key]; done {
			continue
		}
		value, err := s.Do(ctx, r, progress)
		if err != nil {
			return nil, fmt.Errorf("setting up %s: %w", s.Key, err)
		}
		if results[s.Key], err = json.Marshal(value); err != nil {
			return nil, fmt.Errorf("encoding the result of setup %s: %w", s.Key, err)
		}
	}
	return results, nil
}

// SetupResult decodes the result of a setup. It returns false if the run left
// the setup out.
func (r *Run) SetupResult(key string, into any) bool {
	data, done := r.setups[key]
	return done && json.Unmarshal(data, into) == nil
}
