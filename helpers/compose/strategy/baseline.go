package strategy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// BaselineSchema names the format of a baseline.
const BaselineSchema = "holdfast/check-baseline/v1"

// Baseline holds the known findings of a project, which are not reported.
type Baseline struct {
	Schema   string  `json:"schema"`
	Findings []Known `json:"findings"`
}

// Known is a finding without its line, so that it matches after lines move.
type Known struct {
	Rule     string   `json:"rule"`
	File     string   `json:"file"` // relative to the baseline, with slashes
	Services []string `json:"services,omitempty"`
	What     string   `json:"what"`
}

// NewBaseline makes a baseline of findings, for a file in a directory.
func NewBaseline(dir string, findings []Finding) Baseline {
	b := Baseline{Schema: BaselineSchema, Findings: []Known{}}
	for _, finding := range findings {
		b.Findings = append(b.Findings, knownAs(dir, finding))
	}
	return b
}

// ReadBaseline reads a baseline.
func ReadBaseline(file string) (Baseline, error) {
	var b Baseline
	text, err := os.ReadFile(file)
	if err != nil {
		return b, fmt.Errorf("reading the baseline: %w", err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fmt.Errorf("reading the baseline %s: %w", file, err)
	}
	if b.Schema != BaselineSchema {
		return b, fmt.Errorf("%s is not a baseline: its schema is %q, and not %q", file, b.Schema, BaselineSchema)
	}
	return b, nil
}

// Write writes the baseline.
func (b Baseline) Write(file string) error {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// Subtract returns the findings that are not in the baseline, and how many are.
// Each entry of the baseline accounts for one finding.
func (b Baseline) Subtract(dir string, findings []Finding) (fresh []Finding, count int) {
	left := map[string]int{}
	for _, one := range b.Findings {
		left[one.key()]++
	}
	for _, finding := range findings {
		key := knownAs(dir, finding).key()
		if left[key] > 0 {
			left[key]--
			count++
			continue
		}
		fresh = append(fresh, finding)
	}
	return fresh, count
}

func (k Known) key() string {
	return strings.Join([]string{k.Rule, k.File, strings.Join(k.Services, ","), k.What}, "\x00")
}

func knownAs(dir string, finding Finding) Known {
	file := finding.File
	from, errFrom := filepath.Abs(dir)
	to, errTo := filepath.Abs(file)
	if errFrom == nil && errTo == nil {
		if relative, err := filepath.Rel(from, to); err == nil {
			file = relative
		}
	}
	return Known{Rule: finding.Rule, File: filepath.ToSlash(file), Services: finding.Services, What: finding.What}
}
