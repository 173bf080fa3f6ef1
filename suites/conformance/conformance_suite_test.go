// Package conformance judges the engine at hand with every scenario of the lessons and the contract.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	"github.com/holdfast/holdfast/scenarios/contract"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"
)

func TestConformance(t *testing.T) {
	suite := assembly.New(contract.Catalogue, assembly.Options{Setups: scenarios.Setups()})
	RunSpecs(t, "Holdfast conformance", suite.Prepare(t))
}
