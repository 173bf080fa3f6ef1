// Package scenarios holds the parts of the lessons' scenarios. Importing a part registers its specs;
// its claims are in its claims.yaml. A new part adds a directory and a line here. Those of the contract
// are in package contract.
package scenarios

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/run"

	_ "github.com/holdfast/holdfast/scenarios/binds"
	_ "github.com/holdfast/holdfast/scenarios/composefile"
	_ "github.com/holdfast/holdfast/scenarios/drivers"
	_ "github.com/holdfast/holdfast/scenarios/ephemeral"
	_ "github.com/holdfast/holdfast/scenarios/logs"
	_ "github.com/holdfast/holdfast/scenarios/mechanisms"
	_ "github.com/holdfast/holdfast/scenarios/models"
	_ "github.com/holdfast/holdfast/scenarios/persistence"
	_ "github.com/holdfast/holdfast/scenarios/qdrant"
	_ "github.com/holdfast/holdfast/scenarios/reference"
	_ "github.com/holdfast/holdfast/scenarios/reload"
	_ "github.com/holdfast/holdfast/scenarios/sources"
	_ "github.com/holdfast/holdfast/scenarios/strategy"
	_ "github.com/holdfast/holdfast/scenarios/tmpfs"
	_ "github.com/holdfast/holdfast/scenarios/volumes"
)

//go:embed */claims.yaml
var files embed.FS

// Source holds the claims.yaml of each part.
var Source = claims.Source{Files: files, Dir: "scenarios"}

// Catalogue loads the claims of all parts.
func Catalogue() (*claims.Catalogue, error) { return claims.Load(Source) }

// Setups returns the work that the scenarios share. A suite does it once,
// before the first spec, as far as selected specs carry the labels.
func Setups() []run.Setup {
	return []run.Setup{compose.Setup(), images.Setup("python", "python:3.12-slim"), images.Setup("qdrant", "qdrant/qdrant:latest")}
}
