package reload

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// soon bounds the time that Uvicorn needs to notice a change and to restart: it looks
// four times a second, and Python starts slowly on a busy machine.
const soon = 20 * time.Second

// request is a Python program that gets a URL from inside the project's network.
const request = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"

// running is the lesson's project while its service runs.
type running struct {
	*compose.Project
	box         *sandbox.Box
	port        string
	unpublished error // why no port is published
	started     engine.Container
	program     string
	plain       string // a container of the same service whose server does not reload
}

func start(ctx SpecContext) *running {
	GinkgoHelper()
	box, p := buildable(ctx)
	r := &running{Project: p, box: box, program: p.Dir.Read(source).Stdout, plain: box.Name("plain")}
	p.Up(ctx)
	p.Do(ctx, "run", "-d", "--name", r.plain, service, "uvicorn", "app:app", "--host", "0.0.0.0")
	p.AwaitLog(ctx, service, complete)
	r.port, r.unpublished = p.TryPort(ctx, service, 8000)
	r.started, _ = p.Container(ctx, service)
	return r
}

// askPlain asks the server that does not reload.
func (r *running) askPlain(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return r.Exec(ctx, service, "python", "-c", request, "http://"+r.plain+":8000/")
}

// notRestarted matches the container of the service if it still runs since its start.
func (r *running) notRestarted() OmegaMatcher {
	return And(HaveField("ID", r.started.ID), HaveField("StartedAt", r.started.StartedAt), HaveField("State", "running"))
}

var _ = Describe("A service with hot reload", Label("reload", "compose", "python"), Ordered, func() {
	var r *running
	BeforeAll(func(ctx SpecContext) { r = start(ctx) }, NodeTimeout(building))
	BeforeEach(func(ctx SpecContext) { images.Need(ctx, r.box, python) })

	It("has the variable of the compose file", claims.Decides("reload/sets-the-variable"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(r.Exec(ctx, service, "python", "-c", "import os; print(os.environ['PYTHONUNBUFFERED'])")).To(Print("1"))
		})
	})

	It("answers on the published port", claims.Decides("reload/publishes-the-port", "reload/app"), func(ctx SpecContext) {
		model, err := r.Model(ctx)
		Expect(err).NotTo(HaveOccurred())

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(model.Services[service].Ports).To(ConsistOf(And(HaveField("Target", uint32(8000)), HaveField("Published", "8000"))))
			g.Expect(r.unpublished).NotTo(HaveOccurred())
			g.Eventually(ctx, r.box.Get).WithArguments(r.port, "/").Within(soon).Should(MatchJSON(hello))
		})
	})

	It("runs from the host's source", claims.Decides("reload/compose-file", "reload/mounts-src"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(r.Compare(ctx)).To(BeEmpty())
			g.Expect(r.started.Mounts).To(ConsistOf(And(HaveField("Type", "bind"), HaveField("Target", "/app"), HaveField("ReadWrite", true))))
		})
	})

	It("serves the host's edit soon, from the same container", claims.Decides(
		"reload/edit", "reload/detects-the-change", "reload/bind-mount-and-reloading-server", "reload/no-restart",
	), func(ctx SpecContext) {
		Eventually(ctx, r.askPlain).Within(soon).Should(ExitZero())

		claims.Get(ctx, "reload/edit", "reload/detects-the-change", "reload/bind-mount-and-reloading-server").Holds(func(g Gomega) {
			delay := r.box.TimeUntilServed(ctx, r.port, "/", "Updated message!", func() { r.Dir.Write(source, edited(r.program)) })
			g.Expect(delay).To(BeNumerically("<", soon))
			g.Expect(r.box.Get(ctx, r.port, "/")).To(MatchJSON(updated))
		})
		claims.Get(ctx, "reload/no-restart").Holds(func(g Gomega) {
			now, exists := r.Container(ctx, service)
			g.Expect(exists).To(BeTrue())
			g.Expect(now).To(r.notRestarted())
		})
		Expect(r.askPlain(ctx).Stdout).To(MatchJSON(hello), "a server without --reload must not notice the edit")
	})

	It("serves a file soon that an editor on the host has replaced", claims.Decides("reload/detects-the-change"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			delay := r.box.TimeUntilServed(ctx, r.port, "/", "Hello, developer!", func() { r.Dir.Replace(source, r.program) })
			g.Expect(delay).To(BeNumerically("<", soon))
		})
	})

	It("fails without a restart where the printed function replaces the whole file", func(ctx SpecContext) {
		r.Dir.Write(source, edit)

		Expect(r.AwaitLog(ctx, service, "NameError")).To(ContainSubstring("name 'app' is not defined"))
		now, _ := r.Container(ctx, service)
		Expect(now).To(r.notRestarted())
	})
})

var _ = Describe("The image of a service with hot reload", Label("reload", "compose", "python"), func() {
	It("is built as the Dockerfile says, without the source", claims.Decides(
		"reload/dockerfile", "reload/source-is-not-in-the-image",
	), func(ctx SpecContext) {
		box, p := buildable(ctx)

		p.Build(ctx)

		image, err := box.Engine().InspectImage(ctx, p.Name+"-"+service)
		Expect(err).NotTo(HaveOccurred())
		box.Did(evidence.Step{Did: "docker image inspect " + p.Name + "-" + service, Saw: fmt.Sprintf("%+v", image.Config)})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(image.Config).To(And(
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

		printed := printedBy(answer)
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
