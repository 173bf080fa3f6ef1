package sandbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
)

// NeedsDisposable skips the spec unless the engine is disposable.
func (b *Box) NeedsDisposable(because string) {
	GinkgoHelper()
	if !b.Facts().Disposable {
		Skip(fmt.Sprintf("needs a disposable engine: %s. Set %s=1 only if nothing on the engine is worth keeping, or run in the lab", because, settings.Disposable.Name))
	}
}

// NeedsSharedFiles skips the spec if the engine does not see this machine's files.
func (b *Box) NeedsSharedFiles() {
	GinkgoHelper()
	if !b.Facts().SharesFiles {
		Skip("the engine does not see this machine's files: a container could not read a bind-mounted file of the work directory")
	}
}

// NeedsControl skips the spec if the suite cannot restart the engine.
func (b *Box) NeedsControl() {
	GinkgoHelper()
	if !b.Engine().Controllable() {
		Skip("needs an engine that the suite may restart: a disposable one with a control socket, as the lab starts")
	}
}

// NeedsCLI skips the spec if the engine has that API version but the docker
// CLI of this machine is older: what it asks for and prints then says nothing
// about the engine.
func (b *Box) NeedsCLI(ctx context.Context, api string) {
	GinkgoHelper()
	answer := b.Docker(ctx, "version", "--format", "{{.Client.APIVersion}}")
	client := engine.Facts{}
	if client.API = strings.TrimSpace(answer.Stdout); client.API == "" {
		Fail(fmt.Sprintf("%s: %s", answer.Command, answer))
	}
	if b.Facts().Speaks(api) && !client.Speaks(api) {
		Skip(fmt.Sprintf("the docker CLI of this machine uses API %s with this engine, which has %s: update the CLI", client.API, b.Facts().API))
	}
}
