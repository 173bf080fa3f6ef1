// Package speed measures the engine's mechanisms. It judges nothing.
package speed

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/suites/assembly"

	_ "github.com/holdfast/holdfast/scenarios/speed"

	. "github.com/onsi/ginkgo/v2"
)

func TestSpeed(t *testing.T) {
	suite := assembly.New(func() (*claims.Catalogue, error) { return claims.Load() }, assembly.Options{Subdirectory: "speed"})
	RunSpecs(t, "Holdfast speed", suite.Prepare(t))
}
