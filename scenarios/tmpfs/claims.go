// Package tmpfs is about mounts that hold their data in memory.
package tmpfs

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/tmpfs", files)
