// Package conformance judges the engine at hand by every scenario.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios"
)

var _ = assembly.OnEngine("")

func TestConformance(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast conformance")
}
