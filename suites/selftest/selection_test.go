package selftest

import (
	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// selection holds the labels of the specs that the run selects.
var selection []string

// readSelection sets selection. It is called before the specs run.
func readSelection() {
	for _, spec := range PreviewSpecs("preview").SpecReports {
		if !spec.State.Is(types.SpecStateSkipped | types.SpecStatePending) {
			selection = append(selection, spec.Labels()...)
		}
	}
}
