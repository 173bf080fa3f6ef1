// Package selftest tests the suite itself: that it harms nothing and catches broken
// engines.
package selftest

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestSelftest(t *testing.T) {
	RegisterFailHandler(Fail)
	readSelection()
	RunSpecs(t, "Holdfast self-test")
}
