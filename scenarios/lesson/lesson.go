// Package lesson walks through the lesson as a student would, from its first command
// to its last.
package lesson

import (
	"embed"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

//go:embed walk.yaml
var files embed.FS

var setups = walk.Specs("scenarios/lesson", files, projects.Files)

// Setups returns the setups that the walk needs.
func Setups() []run.Setup { return setups }
