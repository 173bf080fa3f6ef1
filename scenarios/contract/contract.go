// Package contract holds the areas of the contract, one for each section of
// fixtures/contract/container-storage.md. Importing an area registers its specs; its
// claims are in its claims.yaml. An area is judged once it is imported and embedded here.
package contract

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/scenarios"

	_ "github.com/holdfast/holdfast/scenarios/contract/binds"
	_ "github.com/holdfast/holdfast/scenarios/contract/compose"
	_ "github.com/holdfast/holdfast/scenarios/contract/contents"
	_ "github.com/holdfast/holdfast/scenarios/contract/drivers"
	_ "github.com/holdfast/holdfast/scenarios/contract/durability"
	_ "github.com/holdfast/holdfast/scenarios/contract/events"
	_ "github.com/holdfast/holdfast/scenarios/contract/files"
	_ "github.com/holdfast/holdfast/scenarios/contract/load"
	_ "github.com/holdfast/holdfast/scenarios/contract/locks"
	_ "github.com/holdfast/holdfast/scenarios/contract/ownership"
	_ "github.com/holdfast/holdfast/scenarios/contract/population"
	_ "github.com/holdfast/holdfast/scenarios/contract/prune"
	_ "github.com/holdfast/holdfast/scenarios/contract/readonly"
	_ "github.com/holdfast/holdfast/scenarios/contract/subpath"
	_ "github.com/holdfast/holdfast/scenarios/contract/tmpfs"
	_ "github.com/holdfast/holdfast/scenarios/contract/validation"
	_ "github.com/holdfast/holdfast/scenarios/contract/volumes"
)

// files holds the claims.yaml of each area that is imported above.
//
//go:embed binds/claims.yaml
//go:embed compose/claims.yaml
//go:embed contents/claims.yaml
//go:embed drivers/claims.yaml
//go:embed durability/claims.yaml
//go:embed events/claims.yaml
//go:embed files/claims.yaml
//go:embed load/claims.yaml
//go:embed locks/claims.yaml
//go:embed ownership/claims.yaml
//go:embed population/claims.yaml
//go:embed prune/claims.yaml
//go:embed readonly/claims.yaml
//go:embed subpath/claims.yaml
//go:embed tmpfs/claims.yaml
//go:embed validation/claims.yaml
//go:embed volumes/claims.yaml
var files embed.FS

// Catalogue loads the claims of the lessons and of the registered areas.
func Catalogue() (*claims.Catalogue, error) {
	return claims.Load(scenarios.Source, claims.Source{Files: files, Dir: "scenarios/contract"})
}
