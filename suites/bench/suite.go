package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/suites/compiled"

	"github.com/onsi/ginkgo/v2/types"
)

// suite is the compiled conformance suite: its runs are measured without the
// compiler.
type suite struct {
	compiled.Suite
	procs int
}

// build compiles the suite into dir, which the suite takes for the root of a module.
func build(ctx context.Context, root, dir string, procs int) (suite, error) {
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o644); err != nil {
		return suite{}, err
	}
	s, err := compiled.Build(ctx, root, dir)
	return suite{s, procs}, err
}

// result is the outcome of a run of the suite.
type result struct {
	seconds    float64 // from the first node to the last, as Ginkgo reports them
	command    float64 // of the whole command
	specs      int
	containers int
	claims     int // decided
	parts      map[string]part
	nodes      float64 // seconds before and after the specs
}

// part is the outcome of the specs of one scenario package.
type part struct {
	specs, containers int
	seconds           float64 // sum over its specs
}

// run runs the specs that the filter selects. A failed spec is an error.
func (s suite) run(ctx context.Context, filter string) (r result, err error) {
	report := filepath.Join(filepath.Dir(s.Test), "report.json")
	command := exec.CommandContext(ctx, s.Ginkgo, fmt.Sprintf("--procs=%d", s.procs), "--no-color", "--json-report=report.json", "--label-filter="+filter, s.Test)
	command.Dir = filepath.Dir(s.Test)
	command.Env = append(os.Environ(), settings.Work.Name+"=")
	compiled.InterruptGroup(command)
	command.WaitDelay = time.Minute
	began := time.Now()
	if output, err := command.CombinedOutput(); err != nil {
		return r, fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, output)
	}
	r.command = time.Since(began).Seconds()
	data, err := os.ReadFile(report)
	if err != nil {
		return r, err
	}
	var reports []types.Report
	if err := json.Unmarshal(data, &reports); err != nil {
		return r, fmt.Errorf("reading %s: %w", report, err)
	}
	for _, one := range reports {
		r.count(one)
	}
	return r, nil
}

func (r *result) count(report types.Report) {
	r.seconds, r.parts = report.RunTime.Seconds(), map[string]part{}
	claims := map[string]bool{}
	for _, spec := range report.SpecReports {
		if spec.LeafNodeType != types.NodeTypeIt {
			// Each process has these nodes. The others wait for the first one's.
			if spec.ParallelProcess == 1 {
				r.nodes += spec.RunTime.Seconds()
			}
			continue
		}
		if spec.State != types.SpecStatePassed {
			continue
		}
		name := filepath.Base(filepath.Dir(spec.LeafNodeLocation.FileName))
		p := r.parts[name]
		p.specs++
		p.seconds += spec.RunTime.Seconds()
		for _, step := range evidence.Of(spec) {
			p.containers += step.Containers
			r.containers += step.Containers
		}
		r.parts[name] = p
		r.specs++
		for _, label := range spec.Labels() {
			if strings.HasPrefix(label, "claim:") {
				claims[label] = true
			}
		}
	}
	r.claims = len(claims)
}
