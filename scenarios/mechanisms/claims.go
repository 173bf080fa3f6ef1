// Package mechanisms is about the three ways to attach storage to a container, each in short.
package mechanisms

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/mechanisms", files)
