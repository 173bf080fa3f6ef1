// Package lesson judges the course material: every claim of the text on an
// engine, the text itself, and its commands, typed as a student would type them.
package lesson

import (
	"testing"

	"github.com/holdfast/holdfast/scenarios"
	walk "github.com/holdfast/holdfast/scenarios/lesson"
	"github.com/holdfast/holdfast/suites/assembly"

	_ "github.com/holdfast/holdfast/scenarios/course"

	. "github.com/onsi/ginkgo/v2"
)

func TestLesson(t *testing.T) {
	suite := assembly.New(scenarios.Catalogue, assembly.Options{
		Setups: append(scenarios.Setups(), walk.Setups()...), Subdirectory: "lesson", Text: true, Then: []func(assembly.Outcome) error{conclude},
	})
	RunSpecs(t, "Holdfast lesson", suite.Prepare(t))
}
