// Package lesson walks the lesson as a student would, from its first command to
// its last.
package lesson

import (
	"embed"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

//go:embed walk.yaml
var files embed.FS

var _ = walk.Specs("scenarios/lesson", files, projects.Files)
