package sandbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"

	. "github.com/onsi/ginkgo/v2"
)

// NeedsCLI skips the spec where the engine speaks that API version or a
// later one, but the docker CLI of this machine is too old for it: what such a
// CLI asks for and prints tells nothing about the engine.
func (b *Box) NeedsCLI(ctx context.Context, api string) {
	GinkgoHelper()
	answer := b.Docker(ctx, "version", "--format", "{{.Client.APIVersion}}")
	spoken := strings.TrimSpace(answer.Stdout)
	if spoken == "" {
		Fail(fmt.Sprintf("%s: %s", answer.Command, answer))
	}
	if b.Speaks(api) && older(b, spoken, api) {
		Skip(fmt.Sprintf("the docker CLI of this machine speaks API %s with this engine, which speaks %s: update the CLI", spoken, b.run.Facts.API))
	}
}

// Speaks tells whether the engine speaks that API version or a later one.
func (b *Box) Speaks(api string) bool {
	GinkgoHelper()
	return !older(b, b.run.Facts.API, api)
}

func older(b *Box, version, than string) bool {
	GinkgoHelper()
	one, err := semver.NewVersion(version)
	b.must(err)
	other, err := semver.NewVersion(than)
	b.must(err)
	return one.LessThan(other)
}
