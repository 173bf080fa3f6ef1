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
	Run         *Run
	Skew        *time.Duration
	Setups      map[string]json.RawMessage
	Environment map[string]string
}

// Share encodes the run for the suite's other processes, together with the
// named environment variables, which the first process may have set.
func (r *Run) Share(environment ...string) []byte {
	s := shared{Run: r, Skew: r.skew, Setups: r.setups, Environment: map[string]string{}}
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
func Join(ctx context.Context, data []byte) (r *Run, err error) {
	var s shared
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("decoding the run that the first process shares: %w", err)
	}
	for name, value := range s.Environment {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	r = s.Run
	r.skew, r.setups = s.Skew, s.Setups
	if r.engine, err = engine.Reconnect(ctx, r.Facts); err != nil {
		return nil, err
	}
	if r.lease, err = acquire(r.ID); err != nil {
		return nil, err
	}
	r.health = monitorHealth(ctx, r.engine)
	return r, nil
}
