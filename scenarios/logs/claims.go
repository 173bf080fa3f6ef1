// Package logs is about log files that survive their containers: written to a
// folder of the host.
package logs

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var (
	_ = claims.Register("scenarios/logs", files)
)
