package reload

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// soon is the time that Uvicorn has to notice a change and to start anew: it
// looks four times a second, and Python takes a while to start on a busy machine.
const soon = 20 * time.Second

// ask asks a service from inside its project's network.
const ask = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"

var _ = Describe("A service with hot reload", Label("reload", "compose", "python"), Ordered, func() {
	var (
		box     *sandbox.Box
		p       *compose.Project
		port    string
		closed  error // why no port is published
		started engine.Container
		program string
		plain   string // a container of the same service whose server does not reload
	)

	BeforeAll(func(ctx SpecContext) {
		box, p = buildable(ctx)
		program, plain = p.Dir.Read(source).Stdout, box.Name("plain")
		p.Up(ctx)
		p.Do(ctx, "run", "-d", "--name", plain, service, "uvicorn", "app:app", "--host", "0.0.0.0")
		p.AwaitLog(ctx, service, complete)
		port, closed = p.TryPort(ctx, service, 8000)
		started, _ = p.Container(ctx, service)
	}, NodeTimeout(building))

	BeforeEach(func(ctx SpecContext) { images.Need(ctx, box, python) })

	It("runs from the host's source", claims.Decides(
		"reload/sets-the-variable", "reload/publishes-the-port", "reload/app", "reload/compose-file", "reload/mounts-src",
	), func(ctx SpecContext) {
		model, err := p.Model(ctx)
		Expect(err).NotTo(HaveOccurred())

		claims.Get(ctx, "reload/sets-the-variable").Holds(func(g Gomega) {
			g.Expect(p.Exec(ctx, service, "python", "-c", "import os; print(os.environ['PYTHONUNBUFFERED'])")).To(Print("1"))
		})
		claims.Get(ctx, "reload/publishes-the-port", "reload/app").Holds(func(g Gomega) {
			g.Expect(model.Services[service].Ports).To(ConsistOf(And(HaveField("Target", uint32(8000)), HaveField("Published", "8000"))))
			g.Expect(closed).NotTo(HaveOccurred())
			g.Eventually(ctx, box.Get).WithArguments(port, "/").Within(soon).Should(MatchJSON(hello))
		})
		claims.Get(ctx, "reload/compose-file", "reload/mounts-src").Holds(func(g Gomega) {
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(started.Mounts).To(ConsistOf(And(HaveField("Type", "bind"), HaveField("Target", "/app"), HaveField("ReadWrite", true))))
		})
	})

	It("answers anew soon after the host's edit, in the same container", claims.Decides(
		"reload/edit", "reload/detects-the-change", "reload/bind-mount-and-reloading-server", "reload/no-restart",
	), func(ctx SpecContext) {
		Eventually(ctx, p.Exec).WithArguments(service, "python", "-c", ask, "http://"+plain+":8000/").Within(soon).Should(ExitZero())

		claims.Get(ctx, "reload/edit", "reload/detects-the-change", "reload/bind-mount-and-reloading-server").Holds(func(g Gomega) {
			delay := box.TimeUntilServed(ctx, port, "/", "Updated message!", func() { p.Dir.Write(source, edited(program)) })
			g.Expect(delay).To(BeNumerically("<", soon))
			g.Expect(box.Get(ctx, port, "/")).To(MatchJSON(updated))
		})
		claims.Get(ctx, "reload/no-restart").Holds(func(g Gomega) {
			now, there := p.Container(ctx, service)
			g.Expect(there).To(BeTrue())
			g.Expect(now).To(And(HaveField("ID", started.ID), HaveField("StartedAt", started.StartedAt), HaveField("State", "running")))
		})
		answer := p.Exec(ctx, service, "python", "-c", ask, "http://"+plain+":8000/")
		Expect(answer.Stdout).To(MatchJSON(hello), "without --reload the same edit is not noticed")
	})

	It("answers anew soon after an editor on the host has replaced the file", claims.Decides("reload/detects-the-change"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			delay := box.TimeUntilServed(ctx, port, "/", "Hello, developer!", func() { p.Dir.Replace(source, program) })
			g.Expect(delay).To(BeNumerically("<", soon))
		})
	})

	It("stumbles where the printed function is taken for the whole file, and needs no restart for that either", func(ctx SpecContext) {
		p.Dir.Write(source, edit)

		Expect(p.AwaitLog(ctx, service, "NameError")).To(ContainSubstring("name 'app' is not defined"))
		now, _ := p.Container(ctx, service)
		Expect(now).To(And(HaveField("StartedAt", started.StartedAt), HaveField("State", "running")))
	})
})

var _ = Describe("The image of a service with hot reload", Label("reload", "compose", "python"), func() {
	It("is built as the lesson's Dockerfile says, and has no source in it", claims.Decides(
		"reload/dockerfile", "reload/source-is-not-in-the-image",
	), func(ctx SpecContext) {
		box, p := buildable(ctx)

		p.Build(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.ImageConfig(ctx, p.Name+"-"+service)).To(And(
				HaveField("Cmd", []string{"uvicorn", "app:app", "--host", "0.0.0.0", "--reload"}),
				HaveField("Exposed", []string{"8000/tcp"}),
				HaveField("WorkingDir", "/app"),
			))
			files := box.Create(ctx, sandbox.Image(p.Name+"-"+service)).Files(ctx, "/app")
			g.Expect(slices.Collect(maps.Keys(files))).To(ConsistOf("app/requirements.txt"))
		})
	}, SpecTimeout(building))
})

var _ = Describe("docker-compose up of a service with hot reload", Label("reload", "compose", "python"), func() {
	It("prints that the server runs, then that the application is up", claims.Decides(
		"reload/up", "reload/prints-startup-complete", "reload/prints-that-uvicorn-runs",
	), claims.Corrects("reload/prints-that-uvicorn-runs"), func(ctx SpecContext) {
		_, p := buildable(ctx)

		answer := p.TryUpForeground(ctx, complete)

		printed := said(answer)
		const running, up = "api-1 | INFO: Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "api-1 | INFO: Application startup complete."
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(printed).To(ContainElement(MatchRegexp(`INFO: Application startup complete\.?$`)))
		})
		claims.Get(ctx, "reload/prints-that-uvicorn-runs").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(HaveSuffix("INFO: Uvicorn running on 0.0.0.0:8000")))
		})
		claims.Corrected(ctx, func(g Gomega, text string) {
			for line := range strings.Lines(text) {
				g.Expect(answer.Stdout + answer.Stderr).To(ContainSubstring(line))
			}
		})
		Expect(printed).To(ContainElements(running, up))
		Expect(slices.Index(printed, running)).To(BeNumerically("<", slices.Index(printed, up)), "the reloader opens the port before it starts the application")
	}, SpecTimeout(building))
})
