// Package conformance judges the engine at hand by every scenario.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2" // the ginkgo command passes its flags only to tests that import it
)

var suite = assembly.OnEngine("", scenarios.Setups())

func TestConformance(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast conformance", suite.AroundNode())
}
