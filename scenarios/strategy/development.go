package strategy

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	rules "github.com/holdfast/holdfast/helpers/compose/strategy"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// building bounds specs that may have to build an image, or Compose itself.
const building = 10 * time.Minute

// Files of the example's service.
const (
	code    = "/app/app.py"
	logFile = "/app/logs/app.log"
	data    = "/data/embeddings.db"
)

var _ = Describe("The development example with its volume declared", Ordered, ContinueOnFailure, Label("strategy", "compose"), func() {
	var (
		box      *sandbox.Box
		p        *compose.Project
		composed string
	)
	BeforeAll(func(ctx SpecContext) {
		box = sandbox.New(ctx)
		composed = declaring(example("Development Environment"), "dev-data")
		p = compose.FromFS(ctx, box, compose.Need(ctx, box), project(composed,
			"Dockerfile", "FROM "+box.ProbeImage()+"\nCMD [\"hold\"]\n", "src/app.py", "version 1"))
		p.Dir.WorldWritable() // the engine creates logs in it, as the user that it runs as
		p.Up(ctx)
	}, NodeTimeout(building))

	It("runs as compose-go models it", func(ctx SpecContext) {
		Expect(broken(ctx, rules.Development, composed)).To(BeEmpty())
		Expect(p.Compare(ctx)).To(BeEmpty())
	})

	It("shows a source edit to the running process at once", claims.Decides(
		"strategy/development-source-code", "strategy/development-example-source",
	), func(ctx SpecContext) {
		app := p.Service(ctx, "app")
		started := app.Inspect(ctx).StartedAt

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(app.Exec(ctx, probe.Read(code))).To(Print("version 1"))
			p.Dir.Write("src/app.py", "version 2")
			g.Expect(app.Exec(ctx, probe.Read(code))).To(Print("version 2"))
			g.Expect(app.Inspect(ctx)).To(And(HaveField("State", "running"), HaveField("StartedAt", started)))
		})
	})

	It("leaves its logs on the host across a restart", claims.Decides(
		"strategy/development-logs", "strategy/development-example-logs",
	), func(ctx SpecContext) {
		app := p.Service(ctx, "app")
		app.Exec(ctx, probe.Append(logFile, "first start\n"))

		app.Restart(ctx).Exec(ctx, probe.Append(logFile, "second start\n"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(p.Dir.Read("logs/app.log")).To(Print("first start\nsecond start"))
		})
	})

	It("creates src/logs on the host as the mount point of its logs", func(ctx SpecContext) {
		Expect(p.Dir.State()).To(HaveKeyWithValue("src/logs", HavePrefix("d")))
	})

	It("keeps its data across down and up, and shows it to a separate container", claims.Decides(
		"strategy/development-data", "strategy/development-example-data",
	), func(ctx SpecContext) {
		p.Service(ctx, "app").Exec(ctx, probe.Write(data, "vectors"))

		p.Down(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read(data), mounted(ctx, p, "dev-data", "/data"))).To(Print("vectors"))
			p.Up(ctx)
			g.Expect(p.Service(ctx, "app").Exec(ctx, probe.Read(data))).To(Print("vectors"))
		})
	})
})

var _ = Describe("A secret in development", Label("strategy", "compose"), func() {
	It("comes from an environment variable or a tmpfs, not from the file", claims.Decides(
		"strategy/development-secrets",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		key := rand.Text()
		composed := "services:\n  app:\n    image: " + box.ProbeImage() + "\n    command: hold\n    network_mode: none\n" +
			"    environment:\n      - API_KEY=${API_KEY:?put it into .env}\n    tmpfs:\n      - /run/secrets:size=1m\n"
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), project(composed, ".env", "API_KEY="+key+"\n"))
		p.Up(ctx)
		app := p.Service(ctx, "app")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(inspected(ctx, box, app)).To(ContainSubstring("API_KEY=" + key))
			g.Expect(app.Exec(ctx, probe.Attempt(probe.Write("/run/secrets/api_key", key)))).To(ExitZero())
			g.Expect(app.Exec(ctx, probe.Statfs("/run/secrets"))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(app.Restart(ctx).Exec(ctx, probe.Read("/run/secrets/api_key"))).To(FailWith(probe.ENOENT))
			g.Expect(composed).NotTo(ContainSubstring(key))
			g.Expect(broken(ctx, rules.Development, composed)).To(BeEmpty())
			g.Expect(broken(ctx, rules.Development, strings.Replace(composed, "${API_KEY:?put it into .env}", key, 1))).To(ConsistOf(rules.NoSecretValues))
		})
	}, SpecTimeout(building))
})

// mounted mounts a volume of a project into a separate container.
func mounted(ctx context.Context, p *compose.Project, volume, target string) sandbox.Option {
	return sandbox.Mount(engine.Mount{Type: "volume", Source: p.Volume(ctx, volume), Target: target})
}
