// Package selftest judges this suite itself.
package selftest

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestSelftest(t *testing.T) {
	RegisterFailHandler(Fail)
	look()
	RunSpecs(t, "Holdfast self-test")
}
