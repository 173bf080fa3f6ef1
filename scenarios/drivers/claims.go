// Package drivers is about volume drivers: the one that an engine brings along,
// and those that it does not.
package drivers

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/drivers", files)
