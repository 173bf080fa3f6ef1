// Package reload is about development with hot reload: a service that runs
// from the host's source and starts itself anew when that changes.
package reload

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/reload", files)

const python = "python:3.12-slim"
