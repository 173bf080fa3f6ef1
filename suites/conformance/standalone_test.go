//go:build dist

package conformance

import (
	"testing"

	"github.com/holdfast/holdfast/suites/standalone"
)

// The build links the version.
var tag, commit string

func TestMain(m *testing.M) { standalone.Main(m, standalone.Version{Tag: tag, Commit: commit}) }
