// Package sources is about bind mounts in a compose file: a project's source
// code and data, shared between the host and a running service.
package sources

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/sources", files)

const python = "python:3.12-slim"
