package claims

import (
	"slices"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const substituteEntry = "substitute"

// ReportSubstitute records that the running spec used a stand-in: every
// verdict that it draws is then told with it.
func ReportSubstitute(wanted, used string) {
	AddReportEntry(substituteEntry, result.Substitute{Wanted: wanted, Used: used}, ReportEntryVisibilityNever)
}

func substitutes(spec types.SpecReport) (all []result.Substitute) {
	for _, entry := range spec.ReportEntries {
		var s result.Substitute
		if entry.Name == substituteEntry && evidence.Decode(entry, &s) && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
