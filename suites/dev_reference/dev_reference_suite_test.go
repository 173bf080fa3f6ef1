// Package dev_reference judges the engine at hand by every scenario.
package dev_reference

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios/mechanisms"
	_ "github.com/holdfast/holdfast/scenarios/drivers"
	_ "github.com/holdfast/holdfast/scenarios/reference"
)

var _ = assembly.OnEngine()

func TestConformance(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast conformance")
}
