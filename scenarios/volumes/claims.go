// Package volumes is about named volumes: created, listed, inspected, attached,
// removed and pruned.
package volumes

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/volumes", files)
