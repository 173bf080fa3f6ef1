// Package course is about what the lesson says of itself: its front matter, and
// what it takes for granted that the reader has from it. The text alone decides that.
package course

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/course", files)
