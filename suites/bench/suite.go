package main

import (
	"context"
	"encoding/json"
	"errors"
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

// suite is the conformance suite, built once, so that its runs are measured
// without the compiler.
type suite struct {
	folder       string // where its reports go
	ginkgo, test string
	procs        int
}

// build puts the suite where a run finds what it finds from its own folder.
func build(ctx context.Context, top, folder string, procs int) (suite, error) {
	here := filepath.Join(folder, "suites", "conformance")
	s := suite{folder: folder, ginkgo: filepath.Join(folder, "ginkgo"), test: filepath.Join(here, "conformance.test"), procs: procs}
	err := errors.Join(os.MkdirAll(here, 0o755), os.WriteFile(filepath.Join(folder, "go.mod"), nil, 0o644))
	if err != nil {
		return s, err
	}
	return s, compiled.Build(ctx, top, s.ginkgo, s.test)
}

// result is what a run of the suite came to.
type result struct {
	seconds    float64 // as Ginkgo counts them, from the first node to the last
	command    float64 // of the whole command
	specs      int
	containers int
	claims     int // that were decided
	parts      map[string]part
	nodes      float64 // of what comes before and after the specs
}

// part is what the specs of one scenario package came to.
type part struct {
	specs, containers int
	seconds           float64 // of all its specs, one after the other
}

// run runs the specs that the filter selects. A run with a failure is no
// measurement.
func (s suite) run(ctx context.Context, filter string) (r result, err error) {
	report := filepath.Join(filepath.Dir(s.test), "report.json")
	command := exec.CommandContext(ctx, s.ginkgo, fmt.Sprintf("--procs=%d", s.procs), "--no-color", "--json-report=report.json", "--label-filter="+filter, s.test)
	command.Dir = filepath.Dir(s.test)
	command.Env = append(os.Environ(), settings.Work.Name+"=")
	compiled.Together(command)
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
			// Each process has its own; the first one's is what the others wait for.
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
