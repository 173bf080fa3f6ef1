// Package evidence records what a spec did and saw, in the report entries of
// the spec, which travel from the process that runs it to the one that reports.
package evidence

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const entry = "evidence"

// Step is one operation and its outcome.
type Step struct {
	Did string `json:"did"`
	Saw string `json:"saw"`
	// Containers counts the container starts in this step, restarts included.
	Containers int `json:"containers,omitempty"`
}

// maxLength bounds what a step quotes of an output, in bytes.
const maxLength = 2000

// Add records a step of the running spec.
func Add(step Step) {
	step.Did, step.Saw = shorten(step.Did), shorten(step.Saw)
	AddReportEntry(entry, step, ReportEntryVisibilityNever, Offset(1))
}

// plain matches words that a shell takes as they are, which syntax.Quote is
// too careful about: flags such as --filter label=x.
var plain = regexp.MustCompile(`^[\w%+,./:=@-]+$`)

// Command returns a command line that can be pasted into bash.
func Command(words ...string) string {
	line := make([]string, len(words))
	for i, word := range words {
		quoted, err := syntax.Quote(word, syntax.LangBash)
		switch {
		case plain.MatchString(word):
			line[i] = word
		case err != nil: // a null byte: no shell can pass it
			line[i] = strconv.Quote(word)
		default:
			line[i] = quoted
		}
	}
	return strings.Join(line, " ")
}

func shorten(text string) string {
	if len(text) > maxLength {
		return strings.ToValidUTF8(text[:maxLength], "") + " ..."
	}
	return text
}

// Of returns the steps of a finished spec, in order.
func Of(spec types.SpecReport) []Step { return Entries[Step](spec, entry) }

// Entries decodes the values of a spec's report entries whose names have the prefix.
func Entries[T any](spec types.SpecReport, prefix string) (all []T) {
	for _, e := range spec.ReportEntries {
		var value T
		if strings.HasPrefix(e.Name, prefix) && decode(e, &value) {
			all = append(all, value)
		}
	}
	return all
}

// decode reads a report entry. It holds the value itself in the process that
// made it, and JSON in the others.
func decode(e types.ReportEntry, into any) bool {
	text := []byte(e.Value.AsJSON)
	if len(text) == 0 {
		var err error
		if text, err = json.Marshal(e.GetRawValue()); err != nil {
			return false
		}
	}
	return json.Unmarshal(text, into) == nil
}

// Without returns the entries that are not evidence, for reports that the steps would flood.
func Without(entries types.ReportEntries) types.ReportEntries {
	return slices.DeleteFunc(slices.Clone(entries), func(e types.ReportEntry) bool { return e.Name == entry })
}
