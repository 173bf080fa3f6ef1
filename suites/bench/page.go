package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"

	"github.com/onsi/gomega/gmeasure"
)

// page prints the figures as they are measured, and writes them.
type page struct {
	experiment *gmeasure.Experiment
	names      []string
	document
}

// document is reports/out/bench.json.
type document struct {
	Schema  string `json:"schema"`
	Started string `json:"started"`
	Engine  string `json:"engine"`
	Cores   int    `json:"cores"` // of the engine
	Client  int    `json:"clientCores"`
	Kernel  string `json:"kernel"`
	Go      string `json:"go"`
	Procs   int    `json:"procs"`
	Rounds  int    `json:"rounds"`
	Lives   int    `json:"lives"`            // lifecycles before and after each run
	Filter  string `json:"filter,omitempty"` // if only a part was measured over the floor
	// Load is the load average (Linux) at the start and after each measurement. It
	// shows what else the machine did.
	Load    []string `json:"load"`
	Figures []figure `json:"figures"`
	Notes   []string `json:"notes,omitempty"`
}

type figure struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit,omitempty"`
	Median float64   `json:"median"`
	Min    float64   `json:"min"`
	Max    float64   `json:"max"`
	StdDev float64   `json:"stdDev"`
	Values []float64 `json:"values"`
}

func newPage(facts engine.Facts, o options) *page {
	return &page{experiment: gmeasure.NewExperiment("bench"), document: document{
		Schema: "holdfast/bench/v1", Started: time.Now().UTC().Format(time.RFC3339), Engine: facts.String(),
		Cores: facts.CPUs, Client: runtime.NumCPU(), Kernel: facts.Kernel, Go: runtime.Version(),
		Procs: o.procs, Rounds: o.rounds, Lives: o.lives, Filter: o.filter, Load: []string{load()},
	}}
}

// value records one measured value under a name.
func (p *page) value(name, unit string, value float64) {
	if p.experiment.Get(name).Name == "" {
		p.names = append(p.names, name)
	}
	p.experiment.RecordValue(name, value, gmeasure.Units(unit), gmeasure.Precision(3))
	fmt.Printf("%-58s %10.3f %s\n", name, value, unit)
}

func (p *page) note(format string, arguments ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, arguments...))
	fmt.Println(p.Notes[len(p.Notes)-1])
}

// load returns the load averages over one and five minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return "unknown"
	}
	return fields[0] + " " + fields[1]
}

func (p *page) write(path string) error {
	fmt.Printf("\nMedians, on %s, %d cores, %d processes (load at the start and after each measurement: %s):\n", p.Engine, p.Cores, p.Procs, strings.Join(p.Load, ", "))
	for _, name := range p.names {
		stats, measured := p.experiment.GetStats(name), p.experiment.Get(name)
		f := figure{Name: name, Unit: measured.Units, Median: stats.ValueFor(gmeasure.StatMedian),
			Min: stats.ValueFor(gmeasure.StatMin), Max: stats.ValueFor(gmeasure.StatMax), StdDev: stats.ValueFor(gmeasure.StatStdDev), Values: measured.Values}
		p.Figures = append(p.Figures, f)
		fmt.Printf("  %-58s %10.3f %-2s (%.3f to %.3f, %d values)\n", f.Name, f.Median, f.Unit, f.Min, f.Max, len(f.Values))
	}
	data, err := json.MarshalIndent(p.document, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
