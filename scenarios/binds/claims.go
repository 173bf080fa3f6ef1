// Package binds is about bind mounts: a directory or a file of the host, seen
// in containers.
package binds

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/binds", files)
