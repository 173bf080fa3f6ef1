package selftest

import (
	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// selection are the labels of the specs that this run's filters select.
var selection []string

// look notes them, before the specs run.
func look() {
	for _, spec := range PreviewSpecs("preview").SpecReports {
		if !spec.State.Is(types.SpecStateSkipped | types.SpecStatePending) {
			selection = append(selection, spec.Labels()...)
		}
	}
}
