// Package models is about large model files: kept on a named volume that is
// filled before the service starts, and out of its image.
package models

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var (
	_ = claims.Register("scenarios/models", files)
)
