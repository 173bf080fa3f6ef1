// Package strategy is about storage that differs between development and
// production: the lesson's rules for both, and the Practice section's service
// as one project that follows them.
package strategy

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/strategy", files)

// The images of the Practice section's service.
const (
	python = "python:3.12-slim"
	qdrant = "qdrant/qdrant:latest"
)
