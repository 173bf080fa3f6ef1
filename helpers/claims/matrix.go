package claims

import (
	"fmt"
	"sort"
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

// CellLabels marks a spec as a cell of the persistence matrix, in a row
// counted from 0: specs run in random order, the table has its own.
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
	rows := map[string]string{}
	defer func() {
		sort.SliceStable(cells, func(i, j int) bool { return rows[cells[i].Event] < rows[cells[j].Event] })
	}()
	for _, spec := range report.SpecReports {
		cell := result.Cell{}
		for _, label := range spec.Labels() {
			if name, ok := strings.CutPrefix(label, mechanismLabel); ok {
				cell.Mechanism = name
			}
			if name, ok := strings.CutPrefix(label, eventLabel); ok {
				cell.Event = name
			}
		}
		for _, label := range spec.Labels() {
			if strings.HasPrefix(label, rowLabel) {
				rows[cell.Event] = label
			}
		}
		if cell.Mechanism == "" || cell.Event == "" {
			continue
		}
		for _, entry := range spec.ReportEntries {
			var f fate
			if entry.Name == fateEntry && evidence.Decode(entry, &f) {
				cell.Expected, cell.Fate = f.Expected, f.Seen
			}
		}
		if cell.Fate == "" {
			cell.Reason = why(spec, report)
		}
		cells = append(cells, cell)
	}
	return cells
}
