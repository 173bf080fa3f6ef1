package assembly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
)

// passedOn names the variables that the first process may set for the others.
var passedOn = []string{
	"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
	settings.Disposable.Name, settings.Release.Name, settings.Control.Name, settings.Netns.Name,
	settings.Sharing.Name, settings.VM.Name,
}

// begin runs in the first process: it connects to the engine and sets up the run.
func (s *Suite) begin(spec SpecContext) []byte {
	ctx, cancel := context.WithTimeout(spec, setupTimeout)
	defer cancel()
	texts, err := s.texts()
	abort(err)
	e, err := s.connect(ctx)
	abort(err)
	fmt.Fprintf(s.console, "Judging %s\n  at %s (from %s).\n", e.Facts, e.Endpoint.Host, e.Endpoint.Origin)
	s.run, err = run.Begin(ctx, e, s.console, s.selectedSetups()...)
	abort(err)
	s.first = true
	config, _ := GinkgoConfiguration()
	s.quiet = s.follow(config.ParallelTotal)
	if workers := workersFor(e.Facts); workers < config.ParallelTotal {
		fmt.Fprintf(s.console, "The engine has %d cores: %d of the %d processes run specs (change it with --procs=N).\n", e.Facts.CPUs, workers, config.ParallelTotal)
	}
	shared := shared{Run: s.run.Share(passedOn...), Corrected: map[string]bool{}}
	for _, text := range texts {
		maps.Copy(shared.Corrected, text.CorrectedClaims)
	}
	data, err := json.Marshal(shared)
	abort(err)
	return data
}

// shared is what the first process passes to all of them.
type shared struct {
	Run       json.RawMessage
	Corrected map[string]bool // the claims that the judged texts have corrected
}

// workersFor returns how many of the run's processes run specs on the engine.
func workersFor(facts engine.Facts) int {
	config, _ := GinkgoConfiguration()
	return run.Workers(config.ParallelTotal, runtime.NumCPU(), facts.CPUs, run.WorkersPerCore(facts.Name))
}

// connect reaches the engine at hand. If none was named and none answers, it
// starts one in the lab.
func (s *Suite) connect(ctx context.Context) (*engine.Engine, error) {
	e, err := engine.Connect(ctx)
	if err == nil || !errors.Is(err, engine.ErrUnreachable) {
		return e, err
	}
	endpoint, resolved := engine.Resolve()
	release := settings.Lab.Get()
	if resolved != nil || endpoint.Explicit || release == "off" {
		return nil, err
	}
	if unavailable := lab.Prepare(ctx, s.console); unavailable != nil {
		return nil, fmt.Errorf("%w\nand the lab cannot start one instead: %w", err, unavailable)
	}
	shares, failed := lab.DefaultShares()
	if failed != nil {
		return nil, failed
	}
	fmt.Fprintf(s.console, "No engine answers at %s: starting a private one in the lab.\n", endpoint.Host)
	if s.machine, err = lab.Start(ctx, release, shares, s.console); err != nil {
		return nil, err
	}
	for _, variable := range append(s.machine.Env(), settings.Netns.Name+"="+s.machine.Netns) {
		name, value, _ := strings.Cut(variable, "=")
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	return engine.Connect(ctx)
}

// join runs in every process, the first one included.
func (s *Suite) join(ctx SpecContext, data []byte) {
	var shared shared
	stop(json.Unmarshal(data, &shared))
	if !s.first {
		var err error
		s.run, err = run.Join(ctx, shared.Run)
		stop(err)
	}
	catalogue, err := s.catalogue()
	stop(err)
	s.judge = &claims.Judge{Catalogue: catalogue, Facts: s.run.Facts, Corrected: shared.Corrected, HealthCheck: s.run.HealthCheck}
	if GinkgoParallelProcess() > workersFor(s.run.Facts) {
		s.run.WaitIdle(ctx)
	}
}

// leave runs in every process at the end.
func (s *Suite) leave(SpecContext) {
	if s.run == nil || s.first {
		return
	}
	// The second process comes here when no spec is left, and may find the first
	// still at work: it releases the idle ones.
	var err error
	if config, _ := GinkgoConfiguration(); GinkgoParallelProcess() == 2 && workersFor(s.run.Facts) < config.ParallelTotal {
		err = s.run.SignalDone()
	}
	stop(errors.Join(err, s.run.Leave()))
}

// end runs in the first process when the others have left, and also after a
// begin that failed.
func (s *Suite) end(ctx SpecContext) {
	var err error
	if s.quiet != nil {
		s.quiet()
	}
	if s.run != nil {
		s.leftovers, err = s.run.End(ctx)
	}
	if s.machine != nil {
		err = errors.Join(err, s.machine.Close())
	}
	stop(err)
	if len(s.leftovers) > 0 {
		Fail(fmt.Sprintf("the run left %d things behind: %v", len(s.leftovers), s.leftovers))
	}
}

// abort ends the suite with one error, without a second one from the processes
// that wait for the first.
func abort(err error) {
	if err != nil {
		AbortSuite(err.Error(), 1)
	}
}

// stop fails the running suite node.
func stop(err error) {
	if err != nil {
		Fail(err.Error(), 1)
	}
}
