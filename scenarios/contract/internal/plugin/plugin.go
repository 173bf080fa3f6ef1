// Package plugin serves a real Docker volume plugin to the engine under test.
package plugin

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/docker/go-plugins-helpers/volume"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Serve serves a volume driver to the engine until the spec ends, and returns its name. The
// engine finds it by a file in /etc/docker/plugins on its host; see
// https://docs.docker.com/engine/extend/plugin_api/#plugin-discovery. Docker remembers a plugin
// until it restarts, and waits 15 seconds for a lost one whenever it lists volumes. So the
// engine is restarted at the end, and the spec must be Serial.
func Serve(ctx SpecContext, box *sandbox.Box, driver volume.Driver) (name string) {
	GinkgoHelper()
	box.NeedsDisposable("a plugin is registered in /etc/docker/plugins on the engine's host, which is restarted")
	box.NeedsControl()
	listener, err := box.Engine().Listen()
	if err != nil {
		Skip("the engine cannot reach a plugin of this machine: " + err.Error())
	}
	go func() { _ = volume.NewHandler(driver).Serve(listener) }() // until the listener is closed
	DeferCleanup(func(ctx SpecContext) {
		box.RestartEngine(ctx)
		_ = listener.Close()
	})

	name = box.Name("driver")
	host := sandbox.Mount(engine.Mount{Type: "bind", Source: "/etc", Target: "/host"})
	file := "/host/docker/plugins/" + name + ".spec"
	helper := box.Start(ctx, sandbox.HostUsers(), host)
	results := helper.DoFiles(ctx, fileops.Mkdir("/host/docker", 0o755), fileops.Mkdir("/host/docker/plugins", 0o755),
		fileops.Write(file, "tcp://"+listener.Addr().String()))
	if box.Facts().Rootless && !results[2].OK() {
		Skip("a rootless engine's user cannot register a plugin in /etc/docker/plugins: " + results[2].String())
	}
	Expect(results[2].OK()).To(BeTrue(), results[2].String())
	DeferCleanup(func(ctx SpecContext) { helper.DoFiles(ctx, fileops.Unlink(file)) })
	return name
}
