package run

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
)

// shared is what the first process passes to the others.
type shared struct {
	ID, Probe, WorkDir string
	FileOwner          int
	Started            time.Time
	Facts              engine.Facts
	Skew               *time.Duration
	Environment        map[string]string
	Setups             map[string]json.RawMessage
}

// Share encodes the run for the suite's other processes, together with the
// named environment variables, which the first process may have set.
func (r *Run) Share(environment ...string) []byte {
	s := shared{ID: r.ID, Probe: r.Probe, WorkDir: r.WorkDir, FileOwner: r.FileOwner, Started: r.Started, Facts: r.Facts, Skew: r.skew, Setups: r.setups, Environment: map[string]string{}}
	for _, name := range environment {
		if value, set := os.LookupEnv(name); set {
			s.Environment[name] = value
		}
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // plain data only
	}
	return data
}

// Join makes another process take part in the run that Share encoded.
func Join(ctx context.Context, data []byte) (*Run, error) {
	var s shared
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("decoding the run that the first process shares: %w", err)
	}
	for name, value := range s.Environment {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	e, err := engine.Reconnect(ctx, s.Facts)
	if err != nil {
		return nil, err
	}
	lease, err := acquire(s.ID)
	if err != nil {
		return nil, err
	}
	return &Run{
		ID: s.ID, Probe: s.Probe, WorkDir: s.WorkDir, FileOwner: s.FileOwner, Started: s.Started, Facts: s.Facts,
		engine: e, lease: lease, health: monitorHealth(ctx, e), skew: s.Skew, setups: s.Setups,
	}, nil
}
