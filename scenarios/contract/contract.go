// Package contract holds the areas of the contract, one for each section of
// fixtures/contract/container-storage.md. Importing an area registers its specs; its
// claims are in its claims.yaml. An area is judged once it is imported and embedded here.
package contract

import (
	"embed"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/scenarios"
)

// files holds the claims.yaml of each area, with one go:embed line for each import above, such as
// "go:embed volumes/claims.yaml".
var files embed.FS

// Catalogue loads the claims of the lessons and of the registered areas.
func Catalogue() (*claims.Catalogue, error) {
	return claims.Load(scenarios.Source, claims.Source{Files: files, Dir: "scenarios/contract"})
}
