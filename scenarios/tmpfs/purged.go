package tmpfs

import (
	"context"
	"path"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// note is a file in the container layer, the control beside the secret: while it is
// there, a missing secret is not a missing container.
const note = "/app/note.txt"

var _ = Describe("What a tmpfs held", Label("tmpfs"), func() {
	DescribeTable("is gone after", claims.Decides("tmpfs/purged-when-the-container-stops"),
		func(ctx SpecContext, event func(*sandbox.Container, context.Context)) {
			box := sandbox.New(ctx)
			container := box.Start(ctx, sandbox.Tmpfs(secrets))
			container.Probe(ctx, probe.Write(keyFile, key))
			container.Probe(ctx, probe.Write(note, "kept"))

			event(container, ctx)

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(container.Probe(ctx, probe.List(secrets))).To(Print(""))
				g.Expect(container.Probe(ctx, probe.Read(note))).To(Print("kept"))
			})
		},
		Entry("stop and start", func(c *sandbox.Container, ctx context.Context) { c.Stop(ctx).Start(ctx) }),
		Entry("restart", func(c *sandbox.Container, ctx context.Context) { c.Restart(ctx) }),
		Entry("kill and start", func(c *sandbox.Container, ctx context.Context) { c.Kill(ctx).Start(ctx) }),
	)

	It("is gone after the container is removed and created again", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		first := box.Start(ctx, sandbox.Tmpfs(secrets))
		first.Probe(ctx, probe.Write(keyFile, key))

		first.Stop(ctx).Remove(ctx)

		Expect(box.Run(ctx, probe.List(secrets), sandbox.Tmpfs(secrets))).To(Print(""))
	})

	It("is not in the stopped container's file system", claims.Decides("tmpfs/gone-from-the-containers-filesystem"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		container.Probe(ctx, probe.Write(keyFile, key))
		container.Probe(ctx, probe.Write(note, "kept"))

		container.Stop(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Files(ctx, note)).To(HaveKeyWithValue("note.txt", "kept"))
			g.Expect(container.Files(ctx, secrets)).To(BeEmpty())
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added "+note), Not(ContainElement(ContainSubstring("api_key")))))
		})
	})

	It("is hidden from docker cp even while the container runs, except on Podman", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		reached := BeEmpty()
		if box.Facts().Name == "podman" {
			reached = Equal(map[string]string{path.Join(path.Base(secrets), path.Base(keyFile)): key}) // Podman copies from inside, with the mounts
		}
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		container.Probe(ctx, probe.Write(keyFile, key))
		container.Probe(ctx, probe.Write(note, "kept"))

		Expect(container.Files(ctx, note)).To(HaveKeyWithValue("note.txt", "kept"))
		Expect(container.Files(ctx, secrets)).To(reached)
		Expect(container.Probe(ctx, probe.Read(keyFile))).To(Print(key))
	})

	It("is nowhere among the engine's files, unlike layers and volumes", claims.Decides(
		"tmpfs/only-in-ram", "tmpfs/files-only-in-ram", "tmpfs/was-only-in-memory",
	), SpecPriority(1), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it searches all of the engine's files for a secret")
		volume := box.Volume(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets), volume.At("/volume"))
		inMemory, inLayer, inVolume := secret(ctx, container, keyFile), secret(ctx, container, "/app/secret"), secret(ctx, container, "/volume/secret")
		search := searcher(ctx, box)

		running := search(inMemory, inLayer, inVolume)
		container.Stop(ctx)
		stopped := search(inMemory, inLayer, inVolume)

		inFiles := And(
			ContainElement(And(HavePrefix(inLayer), HaveSuffix("/app/secret"))),
			ContainElement(And(HavePrefix(inVolume), ContainSubstring(volume.Name))),
		)
		Expect(running).To(inFiles, "the search must find files of a container layer and of a volume")
		Expect(stopped).To(inFiles)
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(running).NotTo(ContainElement(HavePrefix(inMemory)))
			g.Expect(stopped).NotTo(ContainElement(HavePrefix(inMemory)))
			onlyWithoutSwap(box)
		})
	})
})

// secret writes a random secret to a file and returns it.
func secret(ctx context.Context, c *sandbox.Container, file string) string {
	GinkgoHelper()
	return strings.TrimSpace(c.Probe(ctx, probe.Secret(file)).Stdout)
}

// searcher returns a function that searches the engine's files for secrets. Each line
// of its result is a secret and the file that holds it.
func searcher(ctx context.Context, box *sandbox.Box) func(secrets ...string) []string {
	GinkgoHelper()
	engineFiles := engine.Mount{Type: "bind", Source: box.Facts().DataRoot, Target: "/engine", ReadOnly: true, NonRecursive: true}
	container := box.Start(ctx, sandbox.Mount(engineFiles), sandbox.HostUsers())
	return func(secrets ...string) []string {
		return strings.Split(container.Probe(ctx, probe.Find("/engine", secrets...)).Stdout, "\n")
	}
}
