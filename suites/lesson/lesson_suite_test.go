// Package lesson judges the course material: every claim of the text, on an
// engine; the text itself; and its commands, walked as a student would.
package lesson

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	walk "github.com/holdfast/holdfast/scenarios/lesson"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2" // the ginkgo command passes its flags only to tests that import it
)

var suite = assembly.OnEngine("lesson", append(scenarios.Setups(), walk.Setups()...), conclude)

func TestLesson(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast lesson", suite.AroundNode())
}
