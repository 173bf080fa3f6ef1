package claims

import (
	"slices"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const substituteEntry = "substitute"

// Substitute is an image that stood in for another.
type Substitute struct {
	Wanted string `json:"wanted"`
	Used   string `json:"used"` // what it really is
}

// ReportSubstitute records that the running spec used a stand-in: every
// verdict that it draws is then told with it.
func ReportSubstitute(wanted, used string) {
	AddReportEntry(substituteEntry, Substitute{wanted, used}, ReportEntryVisibilityNever)
}

func substitutes(spec types.SpecReport) (all []Substitute) {
	for _, entry := range spec.ReportEntries {
		var s Substitute
		if entry.Name == substituteEntry && evidence.Decode(entry, &s) && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
