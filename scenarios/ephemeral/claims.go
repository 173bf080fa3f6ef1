// Package ephemeral is about the container layer: what a container writes
// outside any mount.
package ephemeral

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/ephemeral", files)
