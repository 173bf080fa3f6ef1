package claims

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// Fates of data.
const (
	Survives = "survives"
	Lost     = "lost"
)

const (
	mechanismLabel = "mechanism:"
	eventLabel     = "event:"
	fateEntry      = "fate"
)

// Cell is one cell of the persistence matrix, as a spec reported it.
type Cell struct {
	Mechanism, Event string
	Expected, Seen   string // fates; Seen is empty where the spec did not come so far
	Reason           string // why nothing was seen
}

// CellLabels marks a spec as a cell of the persistence matrix.
func CellLabels(mechanism, event string) Labels {
	return Labels{mechanismLabel + mechanism, eventLabel + event}
}

type fate struct{ Expected, Seen string }

// ReportFate records what became of the data in the running cell.
func ReportFate(expected, seen string) {
	AddReportEntry(fateEntry, fate{expected, seen}, ReportEntryVisibilityNever)
}

// Cells reads the persistence matrix from a report, in the order of its specs.
func Cells(report types.Report) (cells []Cell) {
	for _, spec := range report.SpecReports {
		cell := Cell{}
		for _, label := range spec.Labels() {
			if name, ok := strings.CutPrefix(label, mechanismLabel); ok {
				cell.Mechanism = name
			}
			if name, ok := strings.CutPrefix(label, eventLabel); ok {
				cell.Event = name
			}
		}
		if cell.Mechanism == "" || cell.Event == "" {
			continue
		}
		for _, entry := range spec.ReportEntries {
			var f fate
			if entry.Name == fateEntry && evidence.Decode(entry, &f) {
				cell.Expected, cell.Seen = f.Expected, f.Seen
			}
		}
		if cell.Seen == "" {
			cell.Reason = why(spec)
		}
		cells = append(cells, cell)
	}
	return cells
}
