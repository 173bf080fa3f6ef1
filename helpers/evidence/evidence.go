// Package evidence keeps what a spec really did and saw. It travels in the
// spec's report, from whichever process ran it.
package evidence

import (
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const entry = "evidence"

// Step is one deed and what came of it.
type Step struct {
	Did string `json:"did"`
	Saw string `json:"saw"`
	// Containers counts the starts of containers in this step: one that starts
	// again counts again.
	Containers int `json:"containers,omitempty"`
}

// most bounds what one step may quote of an output, in bytes.
const most = 2000

// Add records a step of the running spec.
func Add(step Step) {
	step.Did, step.Saw = shorten(step.Did), shorten(step.Saw)
	AddReportEntry(entry, step, ReportEntryVisibilityNever, Offset(1))
}

func shorten(text string) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + " ..."
	}
	return text
}

// Of reads the steps of a finished spec, in order.
func Of(spec types.SpecReport) []Step {
	var steps []Step
	for _, e := range spec.ReportEntries {
		var step Step
		if e.Name == entry && Decode(e, &step) {
			steps = append(steps, step)
		}
	}
	return steps
}

// Decode reads a report entry's value into into. In the process that made it
// the entry holds the value itself, elsewhere its JSON: both are read.
func Decode(e types.ReportEntry, into any) bool {
	text := e.Value.AsJSON
	if text == "" {
		encoded, err := json.Marshal(e.GetRawValue())
		if err != nil {
			return false
		}
		text = string(encoded)
	}
	return json.Unmarshal([]byte(text), into) == nil
}

// Without returns the entries that are no evidence, for reports in which the
// steps would drown the rest.
func Without(entries types.ReportEntries) types.ReportEntries {
	var rest types.ReportEntries
	for _, e := range entries {
		if e.Name != entry {
			rest = append(rest, e)
		}
	}
	return rest
}
