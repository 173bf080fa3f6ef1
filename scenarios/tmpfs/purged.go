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

// note is a file beside the secret, in the container's layer: it is there
// whenever the container is, so that an absent secret means what it seems to.
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

	It("is gone when the container is removed and made anew", func(ctx SpecContext) {
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

	It("was out of docker cp's reach even while the container ran, though not of Podman's", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		reached := BeEmpty()
		if box.Facts().Name == "podman" {
			reached = Equal(map[string]string{path.Join(path.Base(secrets), path.Base(keyFile)): key}) // copied from inside, mounts included
		}
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		container.Probe(ctx, probe.Write(keyFile, key))
		container.Probe(ctx, probe.Write(note, "kept"))

		Expect(container.Files(ctx, note)).To(HaveKeyWithValue("note.txt", "kept"))
		Expect(container.Files(ctx, secrets)).To(reached)
		Expect(container.Probe(ctx, probe.Read(keyFile))).To(Print(key))
	})

	It("is nowhere among the engine's files, where layers and volumes are", claims.Decides(
		"tmpfs/only-in-ram", "tmpfs/files-only-in-ram", "tmpfs/was-only-in-memory",
	), SpecPriority(1), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("all that the engine keeps is searched for a secret")
		volume := box.Volume(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets), volume.At("/volume"))
		secret := func(file string) string {
			return strings.TrimSpace(container.Probe(ctx, probe.Secret(file)).Stdout)
		}
		inMemory, inLayer, inVolume := secret(keyFile), secret("/app/secret"), secret("/volume/secret")
		search := box.Start(ctx, sandbox.Mount(engine.Mount{
			Type: "bind", Source: box.Facts().DataRoot, Target: "/engine", ReadOnly: true, NonRecursive: true,
		}), sandbox.HostUsers())
		find := func() []string {
			return strings.Split(search.Probe(ctx, probe.Find("/engine", inMemory, inLayer, inVolume)).Stdout, "\n")
		}
		inFiles := And(
			ContainElement(And(HavePrefix(inLayer), HaveSuffix("/app/secret"))),
			ContainElement(And(HavePrefix(inVolume), ContainSubstring(volume.Name))),
		)

		running := find()
		container.Stop(ctx)
		stopped := find()

		Expect(running).To(inFiles, "the search must find what is in a container's layer and in a volume")
		Expect(stopped).To(inFiles)
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(running).NotTo(ContainElement(HavePrefix(inMemory)))
			g.Expect(stopped).NotTo(ContainElement(HavePrefix(inMemory)))
			onlyWithoutSwap(box)
		})
	})
})
