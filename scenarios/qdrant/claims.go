// Package qdrant is about the lesson's vector database: its vectors and
// snapshots on named volumes, and what the lesson says of the server besides.
package qdrant

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
)

//go:embed claims.yaml *.go
var files embed.FS

var _ = claims.Register("scenarios/qdrant", files)

// wanted is the image that the lesson's compose file names.
const wanted = "qdrant/qdrant:latest"
