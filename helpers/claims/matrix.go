package claims

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const (
	mechanismLabel = "mechanism:"
	eventLabel     = "event:"
	rowLabel       = "row:"
	fateEntry      = "fate"
)

// CellLabels marks a spec as a cell of the persistence matrix. row counts from
// 0 and orders the matrix, since specs run in random order.
func CellLabels(row int, mechanism, event string) Labels {
	return Labels{mechanismLabel + mechanism, eventLabel + event, fmt.Sprintf("%s%03d", rowLabel, row)}
}

type fate struct{ Expected, Seen string }

// ReportFate records what became of the data in the running cell.
func ReportFate(expected, seen string) {
	AddReportEntry(fateEntry, fate{expected, seen}, ReportEntryVisibilityNever)
}

// Cells reads the persistence matrix from a report, row by row.
func Cells(report types.Report) (cells []result.Cell) {
	rows := map[string]string{} // by event
	for _, spec := range report.SpecReports {
		var cell result.Cell
		var row string
		for _, label := range spec.Labels() {
			for prefix, value := range map[string]*string{mechanismLabel: &cell.Mechanism, eventLabel: &cell.Event, rowLabel: &row} {
				if name, ok := strings.CutPrefix(label, prefix); ok {
					*value = name
				}
			}
		}
		if cell.Mechanism == "" || cell.Event == "" {
			continue
		}
		rows[cell.Event] = row
		for _, f := range evidence.Entries[fate](spec, fateEntry) {
			cell.Expected, cell.Fate = f.Expected, f.Seen
		}
		if cell.Fate == "" {
			cell.Reason = skipReason(spec, report)
		}
		cells = append(cells, cell)
	}
	slices.SortStableFunc(cells, func(a, b result.Cell) int { return strings.Compare(rows[a.Event], rows[b.Event]) })
	return cells
}
