// Package lesson judges the course material: every claim of the text, on an
// engine; the text itself; and its commands, walked as a student would.
package lesson

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios"
	_ "github.com/holdfast/holdfast/scenarios/lesson"
)

var _ = assembly.OnEngine("lesson", conclude)

func TestLesson(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast lesson")
}
