package dev

import (
	"testing"

	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"

	_ "github.com/holdfast/holdfast/scenarios/binds"
	_ "github.com/holdfast/holdfast/scenarios/tmpfs"
)

var _ = assembly.OnEngine()

func TestDev(t *testing.T) {
	assembly.Prepare(t)
	RunSpecs(t, "dev binds")
}
