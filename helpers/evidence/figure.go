package evidence

import (
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const figureEntry = "figure"

// AddFigure records a figure that the running spec measured.
func AddFigure(figure result.Figure) {
	AddReportEntry(figureEntry, figure, ReportEntryVisibilityNever, Offset(1))
}

// Figures returns the figures that finished specs measured, in order.
func Figures(specs types.SpecReports) (all []result.Figure) {
	for _, spec := range specs {
		all = append(all, Entries[result.Figure](spec, figureEntry)...)
	}
	return all
}
