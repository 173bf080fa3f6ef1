// Package reference is about the lesson's table of commands: each row, as it would be typed.
package reference

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/reference", files)
