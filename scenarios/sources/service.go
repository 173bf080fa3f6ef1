package sources

import (
	"context"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	// atOnce bounds what counts as immediate: a person does not notice less.
	atOnce = time.Second
	// soon bounds the time that a server needs to notice a change and to restart.
	soon = 20 * time.Second
)

var _ = Describe("A running service with its source bind mounted", Label("sources", "compose"), func() {
	It("sees the host's edits at once, in the same container", claims.Decides("sources/edits-are-available"), func(ctx SpecContext) {
		box, p := serving(ctx)
		p.Up(ctx)
		running, port := p.Service(ctx, service), await(ctx, box, p, service, 8000, "/main.txt", "first\n")
		before, _ := p.Container(ctx, service)

		claims.Holds(ctx, func(g Gomega) {
			delay := running.TimeUntilRead(ctx, "/app/src/main.txt", "second\n", func() { p.Dir.Write("src/main.txt", "second\n") })
			g.Expect(delay).To(BeNumerically("<", atOnce))
			g.Expect(box.TimeUntilServed(ctx, port, "/main.txt", "third", func() { p.Dir.Replace("src/main.txt", "third\n") })).To(BeNumerically("<", atOnce))
			after, _ := p.Container(ctx, service)
			g.Expect(after).To(And(HaveField("ID", before.ID), HaveField("StartedAt", before.StartedAt)))
		})
	})

	It("writes files that the host sees, and that survive it", claims.Decides("sources/mounts-data"), func(ctx SpecContext) {
		_, p := serving(ctx)
		p.Dir.Mkdir("data").WorldWritable()
		p.Up(ctx)
		running := p.Service(ctx, service)

		claims.Holds(ctx, func(g Gomega) {
			delay := p.Dir.TimeUntilRead(ctx, "data/output.txt", "from the service", func() {
				g.Expect(running.Exec(ctx, probe.Attempt(probe.Write("/app/data/output.txt", "from the service")))).To(ExitZero())
			})
			g.Expect(delay).To(BeNumerically("<", atOnce))
			p.Down(ctx)
			g.Expect(p.Dir.Read("data/output.txt")).To(Print("from the service"))
		})
	})
})

var _ = Describe("A running Python service with its source and data bind mounted", Label("sources", "compose", "python"), func() {
	It("serves the host's edits, because it reloads", claims.Decides(
		"sources/edits-are-available", "sources/compose-file", "sources/prints-that-uvicorn-runs",
	), claims.Corrects("sources/prints-that-uvicorn-runs"), func(ctx SpecContext) {
		box, p := genuine(ctx)
		p.Up(ctx)
		p.AwaitLog(ctx, service, "Application startup complete")
		port := p.Port(ctx, service, 8000)

		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, box.Get).WithArguments(port, "/").Within(soon).Should(MatchJSON(`{"message": "Hello from the data folder"}`))
			g.Expect(box.TimeUntilServed(ctx, port, "/", "Edited data", func() { p.Dir.Write("data/greeting.txt", "Edited data\n") })).To(BeNumerically("<", atOnce))
			g.Expect(box.TimeUntilServed(ctx, port, "/", "Edited source", func() {
				p.Dir.Write("src/app.py", "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get(\"/\")\ndef read_root():\n    return {\"message\": \"Edited source\"}\n")
			})).To(BeNumerically("<", soon))
		})
		claims.Get(ctx, "sources/prints-that-uvicorn-runs").Holds(func(g Gomega) {
			g.Expect(logged(ctx, p)).To(ContainElement("app_1 | INFO: Uvicorn running on 0.0.0.0:8000"))
		})
		claims.Corrected(ctx, func(g Gomega, text string) {
			g.Expect(p.Do(ctx, "logs", "--no-color").Stdout).To(ContainSubstring(text + "\n"))
		})
	}, SpecTimeout(10*time.Minute))
})

var _ = Describe("docker-compose up with the lesson's compose file", Label("sources", "compose"), func() {
	It("prints what it starts and attaches to, and the log of the service", claims.Decides(
		"sources/up", "sources/prints-starting", "sources/prints-attaching",
	), claims.Corrects("sources/prints-attaching"), func(ctx SpecContext) {
		_, p := lessons(ctx, `["hold"]`)

		answer := p.TryUpForeground(ctx, "holding")

		printed := lines(answer.Stdout + answer.Stderr)
		claims.Get(ctx, "sources/up").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(MatchRegexp(`^app[-_]1 \| holding$`)))
		})
		claims.Get(ctx, "sources/prints-starting").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement("Starting app ... done"))
		})
		claims.Get(ctx, "sources/prints-attaching").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement("Attaching to " + p.Name + "_app_1"))
		})
		claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(printed).To(ContainElement(text)) })
		Expect(printed).To(ContainElements(MatchRegexp(`Container `+p.Name+`-app-1 Started$`), "app-1 | holding"))
	})

	It("shows the created container on a terminal", claims.Corrects("sources/prints-starting"), func(ctx SpecContext) {
		_, p := lessons(ctx, `["hold"]`)

		answer := p.UpOnTerminal(ctx, "holding")

		claims.Corrected(ctx, func(g Gomega, text string) {
			// The line ends with the time that it took.
			shown := strings.Join(strings.Fields(text), " ")
			g.Expect(lines(answer.Stdout)).To(ContainElement(HavePrefix(strings.Replace(shown, "my-app-1", p.Name+"-app-1", 1))))
		})
	})
})

// logged returns the lines of `logs`, which have the same prefixes as those of `up`.
func logged(ctx context.Context, p *compose.Project) []string {
	GinkgoHelper()
	return lines(p.Do(ctx, "logs", "--no-color").Stdout)
}

// lines splits a text into lines, with each run of white space as one space.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.Join(strings.Fields(line), " "))
	}
	return all
}
