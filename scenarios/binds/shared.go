// Package binds covers bind mounts: a directory or a file of the host in containers.
package binds

import (
	"path"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's file and its content.
const (
	script  = "hello.py"
	hello   = "print('Hello from file')\n"
	updated = "print('Updated from host')\n"
)

// app is the mount point of the lesson's directory.
const app = "/app"

// atOnce bounds what counts as immediate: a person does not notice less.
const atOnce = time.Second

var _ = Describe("A bind-mounted directory", Label("binds"), func() {
	It("is the host's directory itself at a path in the container", claims.Decides(
		"binds/connects-a-host-directory", "binds/run-with-a-bind-mount",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write(script, hello)
		onHost := box.Host().DoFiles(fileops.Status(project.Path))[0].Stat
		container := box.Start(ctx, project.At(app))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ConsistOf(And(HaveField("Type", "bind"), HaveField("Target", app), HaveField("ReadWrite", true))))
			g.Expect(container.Probe(ctx, probe.MountAt(app))).To(PrintJSON[probe.MountInfo](HaveField("Target", app)))
			g.Expect(container.Probe(ctx, probe.List(app))).To(Print(script))
			if box.Facts().SameFiles {
				g.Expect(container.Probe(ctx, probe.Stat(app))).To(PrintJSON[probe.Status](HaveField("Inode", onHost.Inode)))
			}
		})
	})

	It("shows the container the host's files", claims.Decides(
		"binds/host-file-exists-inside", "binds/cat-inside", "binds/prints-what-the-host-wrote",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if !box.Facts().SharesFiles {
			box.NeedsDisposable("an engine on another host creates a directory with this name")
		}
		project := box.LocalDir(ctx).Write(script, hello)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read(path.Join(app, script)), project.At(app))).To(Print("print('Hello from file')"))
		})
	})

	It("is an empty directory of the engine's host where that is another machine", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if box.Facts().SharesFiles {
			Skip("this engine shares this machine's files")
		}
		box.NeedsDisposable("the engine's host creates a directory with this name")
		project := box.LocalDir(ctx).Write(script, hello)
		running := box.Start(ctx, project.At(app))

		Expect(running.Probe(ctx, probe.List(app))).To(Print(""))
		running.Probe(ctx, probe.Write(path.Join(app, "output.txt"), "from the container"))
		Expect(project.State()).To(And(HaveLen(2), HaveKey(script)), "besides the directory itself")
		Expect(box.Run(ctx, probe.Read("/there/output.txt"), project.At("/there"))).To(Print("from the container"))
	})

	It("shows a new container what the host has changed", claims.Decides(
		"binds/new-container-sees-the-change", "binds/run-a-second-container", "binds/prints-what-the-host-updated",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write(script, hello)
		box.Run(ctx, probe.Read(path.Join(app, script)), project.At(app))

		project.Write(script, updated)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read(path.Join(app, script)), project.At(app))).To(Print("print('Updated from host')"))
		})
	})

	It("shows a running container at once what the host edits in place", claims.Decides(
		"binds/changes-seen-instantly", "binds/changes-immediately-visible",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write(script, hello)
		running := box.Start(ctx, project.At(app))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(running.Probe(ctx, probe.Read(path.Join(app, script)))).To(Print("print('Hello from file')"))
			delay := running.TimeUntilRead(ctx, path.Join(app, script), updated, func() { project.Write(script, updated) })
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
	})

	It("shows a running container at once what an editor on the host replaces", claims.Decides(
		"binds/changes-seen-instantly", "binds/changes-immediately-visible",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write(script, hello)
		running := box.Start(ctx, project.At(app))

		claims.Holds(ctx, func(g Gomega) {
			delay := running.TimeUntilRead(ctx, path.Join(app, script), updated, func() { project.Replace(script, updated) })
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
	})

	It("shows the host at once what a running container writes", claims.Decides("binds/connects-a-host-directory"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).WorldWritable()
		running := box.Start(ctx, project.At(app))

		claims.Holds(ctx, func(g Gomega) {
			delay := project.TimeUntilRead(ctx, "output.txt", "from the container", func() {
				g.Expect(running.Probe(ctx, probe.Attempt(probe.Write(app+"/output.txt", "from the container")))).To(ExitZero())
			})
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
	})

	It("shows one running container what another writes", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).WorldWritable()
		writer, reader := box.Start(ctx, project.At(app)), box.Start(ctx, project.At("/elsewhere"))

		writer.Probe(ctx, probe.Write(app+"/shared.txt", "for both"))

		Eventually(ctx, reader.Exec).WithArguments(probe.Read("/elsewhere/shared.txt")).Within(atOnce).Should(Print("for both"))
	})

	It("shows a running container the host's new and removed files and directories", claims.Decides("binds/changes-immediately-visible"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write("old.py", hello)
		running := box.Start(ctx, project.At(app))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(running.Probe(ctx, probe.List(app))).To(Print("old.py"))
			project.Mkdir("package").Write("new.py", hello).Remove("old.py")
			g.Eventually(ctx, running.Exec).WithArguments(probe.List(app)).Within(atOnce).Should(Print("new.py\npackage"))
			project.Remove("package")
			g.Eventually(ctx, running.Exec).WithArguments(probe.List(app)).Within(atOnce).Should(Print("new.py"))
		})
	})

	It("shows the host a running container's new and removed files and directories", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		project := box.Dir(ctx).Write("old.py", hello).WorldWritable()
		running := box.Start(ctx, project.At(app))

		for _, op := range []probe.Command{
			probe.Mkdir(app + "/package"), probe.Write(app+"/package/new.py", hello), probe.Unlink(app + "/old.py"),
		} {
			running.Probe(ctx, op)
		}

		Eventually(ctx, project.State).Within(atOnce).Should(And(HaveLen(3), HaveKey("package/new.py")), "besides the two directories")
		Expect(project.Read("package/new.py")).To(Print("print('Hello from file')"))
	})
})

var _ = Describe("A bind mount", Label("binds"), func() {
	It("of a file that the host replaces shows the old file until the container restarts", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, "old")
		container := box.Start(ctx, folder.File(name).At(config))

		folder.Replace(name, "new")

		Expect(container.Probe(ctx, probe.Read(config))).To(Print("old"))
		container.Restart(ctx)
		Expect(container.Probe(ctx, probe.Read(config))).To(Print("new"))
	})

	It("has the requested propagation", Label("behaviour:propagation"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		container := box.Create(ctx, folder.At("/asked", "private"), folder.At("/unasked"))

		Expect(container.Inspect(ctx).Mounts).To(ConsistOf(
			And(HaveField("Target", "/asked"), HaveField("Propagation", "private")),
			And(HaveField("Target", "/unasked"), HaveField("Propagation", "rprivate")),
		))
	})

	It("by --mount is read-only on request", Label("behaviour:mount-read-only"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		container := box.Start(ctx, sandbox.Mount(engine.Mount{Type: "bind", Source: folder.Path, Target: app, ReadOnly: true}))

		Expect(container.Probe(ctx, probe.Attempt(probe.Write(config, "overwritten")))).To(FailWith(probe.EROFS))
		Expect(folder.Read(name)).To(Print(original))
	})

	It("creates a missing source as a directory on the host", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		container := box.Start(ctx, folder.File(name).At(config))

		Expect(container.Probe(ctx, probe.Stat(config))).To(PrintJSON[probe.Status](HaveField("Directory", true)))
		Expect(folder.State()).To(HaveKeyWithValue(name, HavePrefix("d")))
	})
})
