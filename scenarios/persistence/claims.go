// Package persistence is the heart of the suite: one table, mechanism x event
// -> fate, and one spec for each of its cells.
package persistence

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/persistence", files)
