// Package plugin serves a real Docker volume plugin to the engine under test.
package plugin

import (
	"context"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/docker/go-plugins-helpers/volume"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Serve serves a volume driver to the engine until the spec ends, and returns its name. The
// engine finds it by a file on its host. Docker remembers a plugin until it restarts, and
// waits 15 seconds for a lost one whenever it lists volumes; Podman reads its file when it
// starts. So the engine is restarted, and the spec must be Serial.
func Serve(ctx SpecContext, box *sandbox.Box, driver volume.Driver) (name string) {
	GinkgoHelper()
	box.NeedsDisposable("a volume plugin is registered on the engine's host, and the engine is restarted")
	box.NeedsControl()
	name = box.Name("driver")
	listener, address := listen(ctx, box)
	go func() { _ = volume.NewHandler(driver).Serve(listener) }() // until the listener is closed
	DeferCleanup(func(ctx SpecContext) {
		box.RestartEngine(ctx)
		_ = listener.Close()
	})

	root, file, content := registration(box, name, address)
	host := sandbox.Mount(engine.Mount{Type: "bind", Source: root, Target: "/host"})
	helper := box.Start(ctx, sandbox.HostUsers(), host)
	results := helper.DoFiles(ctx, write(file, content)...)
	last := results[len(results)-1]
	Expect(last.OK()).To(BeTrue(), last.String())
	if box.Facts().Name == "podman" {
		box.RestartEngine(ctx)
		helper = box.Start(ctx, sandbox.HostUsers(), host)
		Expect(helper.DoFiles(ctx, fileops.Status(path.Join("/host", file)))).To(HaveEach(HaveField("Errno", "")))
	}
	DeferCleanup(func(ctx SpecContext) {
		helper.DoFiles(ctx, fileops.Unlink(path.Join("/host", file)))
		removeVolumes(ctx, box, name)
	})
	return name
}

// listen listens where the engine can reach it: Docker on a port of its network namespace,
// Podman and a rootless engine, which has a network of its own, on a socket in a directory.
func listen(ctx context.Context, box *sandbox.Box) (listener net.Listener, address string) {
	GinkgoHelper()
	if box.Facts().Name == "docker" && !box.Facts().Rootless {
		listener, err := box.Engine().Listen()
		if err != nil {
			Skip("the engine cannot reach a plugin of this machine: " + err.Error())
		}
		return listener, "tcp://" + listener.Addr().String()
	}
	if box.NeedsSharedFiles(); !box.Facts().SameFiles {
		Skip("the engine cannot connect to a UNIX socket of this machine")
	}
	socket := filepath.Join(filepath.Dir(box.Dir(ctx).Path), "plugin") // in the run's own directory: a socket's path has at most 107 bytes
	listener, err := net.Listen("unix", socket)
	if err != nil {
		Skip("a plugin needs a socket with a shorter path, so a shorter HOLDFAST_WORK: " + err.Error())
	}
	Expect(os.Chmod(socket, 0o777)).To(Succeed(), "every user may connect")
	return listener, "unix://" + socket
}

// registration returns the file that tells the engine of a plugin: a directory of its host, a
// path below it, and the content. See https://docs.docker.com/engine/extend/plugin_api/#plugin-discovery
// and volume_plugins in containers.conf(5). A rootless Docker looks in its user's ~/.local/lib.
func registration(box *sandbox.Box, name, address string) (root, file, content string) {
	GinkgoHelper()
	facts := box.Facts()
	local, rootless := strings.CutSuffix(facts.DataRoot, "/share/docker") // of ~/.local/share/docker
	switch {
	case facts.Name == "podman" && facts.Rootless, facts.Rootless && !rootless:
		Skip("the directory in which a user registers a plugin is unknown")
	case facts.Name == "podman":
		return "/etc", "containers/containers.conf.d/" + name + ".conf",
			"[engine.volume_plugins]\n" + name + " = \"" + strings.TrimPrefix(address, "unix://") + "\"\n"
	case facts.Rootless:
		return local, "lib/docker/plugins/" + name + ".spec", address
	}
	return "/etc", "docker/plugins/" + name + ".spec", address
}

// write writes a file below a directory, and makes the directories between them.
func write(file, content string) (operations []fileops.Operation) {
	at := "/host"
	for _, part := range strings.Split(path.Dir(file), "/") {
		at = path.Join(at, part)
		operations = append(operations, fileops.Mkdir(at, 0o755))
	}
	return append(operations, fileops.Write(path.Join("/host", file), content))
}

// removeVolumes removes the volumes of the plugin while it can be asked, and the containers of the sandbox, which use them.
func removeVolumes(ctx context.Context, box *sandbox.Box, driver string) {
	GinkgoHelper()
	containers, err := box.Engine().ListContainers(ctx, strings.TrimPrefix(box.Filter(), "label="))
	Expect(err).NotTo(HaveOccurred())
	for _, container := range containers {
		Expect(box.Engine().RemoveContainer(ctx, container.ID, true, true)).To(Succeed())
	}
	volumes, err := box.Engine().ListVolumes(ctx, strings.TrimPrefix(box.Filter(), "label="))
	Expect(err).NotTo(HaveOccurred())
	for _, one := range volumes {
		if one.Driver == driver {
			Expect(box.Engine().RemoveVolume(ctx, one.Name, true)).To(Succeed())
		}
	}
}
