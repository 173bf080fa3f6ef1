package sources

import (
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	// atOnce is what still counts as immediately: a person notices no more.
	atOnce = time.Second
	// soon is the time that a server has to notice a change and to start anew.
	soon = 20 * time.Second
)

var _ = Describe("A running service with its source bind mounted", Label("sources", "compose"), func() {
	It("has the host's edits at once, in the same container", claims.Decides("sources/edits-are-available"), func(ctx SpecContext) {
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

	It("shows the host what it writes, which outlives it", claims.Decides("sources/mounts-data"), func(ctx SpecContext) {
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
	It("has the host's edits, since it reloads", claims.Decides(
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
