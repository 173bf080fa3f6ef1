// Package lesson judges the course material: it walks the lesson as a student
// would, on an engine that is disposable.
package lesson

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios/lesson"
)

var _ = assembly.OnEngine("walk")

func TestLesson(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "Holdfast lesson")
}
