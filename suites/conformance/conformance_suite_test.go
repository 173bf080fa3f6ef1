// Package conformance judges the engine at hand by every scenario.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	"github.com/holdfast/holdfast/suites/assembly"
)

var suite = assembly.OnEngine("", scenarios.Setups())

func TestConformance(t *testing.T) {
	suite.Run(t, "Holdfast conformance")
}
