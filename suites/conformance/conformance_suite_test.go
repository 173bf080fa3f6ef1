// Package conformance judges the engine at hand by every scenario.
package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios/binds"
	_ "github.com/holdfast/holdfast/scenarios/drivers"
	_ "github.com/holdfast/holdfast/scenarios/ephemeral"
	_ "github.com/holdfast/holdfast/scenarios/logs"
	_ "github.com/holdfast/holdfast/scenarios/mechanisms"
	_ "github.com/holdfast/holdfast/scenarios/models"
	_ "github.com/holdfast/holdfast/scenarios/persistence"
	_ "github.com/holdfast/holdfast/scenarios/qdrant"
	_ "github.com/holdfast/holdfast/scenarios/reference"
	_ "github.com/holdfast/holdfast/scenarios/reload"
	_ "github.com/holdfast/holdfast/scenarios/sources"
	_ "github.com/holdfast/holdfast/scenarios/strategy"
	_ "github.com/holdfast/holdfast/scenarios/tmpfs"
	_ "github.com/holdfast/holdfast/scenarios/volumes"
)

var _ = assembly.OnEngine()

func TestConformance(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast conformance")
}
