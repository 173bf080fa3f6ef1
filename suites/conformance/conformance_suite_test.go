// Package conformance judges the engine at hand with every scenario.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"
)

func TestConformance(t *testing.T) {
	suite := assembly.New(scenarios.Catalogue, assembly.Options{Setups: scenarios.Setups()})
	RunSpecs(t, "Holdfast conformance", suite.Prepare(t))
}
