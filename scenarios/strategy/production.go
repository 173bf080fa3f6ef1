package strategy

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	rules "github.com/holdfast/holdfast/helpers/compose/strategy"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// registryImage is the image of the production example.
const registryImage = "myregistry.azurecr.io/app:v1.2.3"

var _ = Describe("The production example with its volume declared", Ordered, ContinueOnFailure, Label("strategy", "compose"), func() {
	var (
		box      *sandbox.Box
		built    *compose.Project // builds the image, and never runs
		p        *compose.Project
		composed string
		image    string
	)
	BeforeAll(func(ctx SpecContext) {
		box = sandbox.New(ctx)
		tool := compose.Need(ctx, box)
		composed = declaring(example("Production Environment"), "prod-data")
		Expect(composed).To(ContainSubstring(registryImage))
		image = box.Name("app") + ":v1.2.3"
		built = compose.FromFS(ctx, box, tool, project("services:\n  app:\n    image: "+image+"\n    build: .\n",
			"Dockerfile", "FROM "+box.ProbeImage()+"\nCOPY src/ /app/\nCMD [\"hold\"]\n", "src/app.py", "version 1"))
		built.Build(ctx)
		p = compose.FromFS(ctx, box, tool, project(strings.Replace(composed, registryImage, image, 1)))
		p.Up(ctx)
	}, NodeTimeout(building))

	It("runs as compose-go models it", func(ctx SpecContext) {
		Expect(p.Compare(ctx)).To(BeEmpty())
	})

	It("runs the code that the image was built with", claims.Decides(
		"strategy/production-source-code", "strategy/production-example-image", "strategy/production-example-no-bind-mounts",
	), func(ctx SpecContext) {
		built.Dir.Write("src/app.py", "version 2")

		claims.Holds(ctx, func(g Gomega) {
			app := p.Service(ctx, "app")
			g.Expect(app.Inspect(ctx).Mounts).NotTo(ContainElement(HaveField("Type", "bind")))
			g.Expect(app.Exec(ctx, probe.Read(code))).To(Print("version 1"))
			app.Exec(ctx, probe.Write(code, "changed in the container"))
			p.Recreate(ctx)
			g.Expect(p.Service(ctx, "app").Exec(ctx, probe.Read(code))).To(Print("version 1"))
			g.Expect(broken(ctx, rules.Production, composed)).To(BeEmpty())
			g.Expect(broken(ctx, rules.Production, with(composed, "./src:/app"))).To(ConsistOf(rules.NoBindMounts))
			g.Expect(broken(ctx, rules.Production, strings.Replace(composed, ":v1.2.3", ":latest", 1))).To(ConsistOf(rules.ImmutableImage))
		})
	})

	It("mounts no directory for logs", claims.Decides("strategy/production-example-no-local-logging"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(p.Service(ctx, "app").Inspect(ctx).Mounts).To(HaveEach(HaveField("Target", Not(ContainSubstring("log")))))
			g.Expect(broken(ctx, rules.Production, composed)).To(BeEmpty())
			g.Expect(broken(ctx, rules.Production, with(composed, "./logs:/app/logs"))).To(ConsistOf(rules.NoLocalLogs))
		})
	})

	It("keeps its data on a volume across down and up, and lets it be backed up", claims.Decides(
		"strategy/production-data", "strategy/production-example-data",
	), func(ctx SpecContext) {
		p.Service(ctx, "app").Exec(ctx, probe.Write(data, "vectors"))

		p.Down(ctx)

		claims.Holds(ctx, func(g Gomega) {
			backup := box.Create(ctx, mounted(ctx, p, "prod-data", "/data")).Files(ctx, "/data")
			g.Expect(backup).To(HaveKeyWithValue("data/embeddings.db", "vectors"))
			p.Up(ctx)
			g.Expect(p.Service(ctx, "app").Exec(ctx, probe.Read(data))).To(Print("vectors"))
			g.Expect(p.Service(ctx, "app").Inspect(ctx).Mounts).To(ConsistOf(
				And(HaveField("Type", "volume"), HaveField("Name", p.Volume(ctx, "prod-data")), HaveField("Driver", "local"))))
			g.Expect(broken(ctx, rules.Production, strings.Replace(composed, "prod-data:/data", "./data:/data", 1))).To(ConsistOf(rules.DataOnNamedVolumes))
		})
	})

	It("runs other code once its tag moves, and the same code by image ID", func(ctx SpecContext) {
		id := p.Service(ctx, "app").Inspect(ctx).Image

		built.Dir.Write("src/app.py", "version 3")
		built.Build(ctx)

		Expect(box.Run(ctx, probe.Read(code), sandbox.Image(image))).To(Print("version 3"))
		Expect(box.Run(ctx, probe.Read(code), sandbox.Image(id))).To(Print("version 1"))
	})
})

var _ = Describe("A service in production", Label("strategy", "compose"), func() {
	It("ships its logs to a central service and keeps none locally", claims.Decides("strategy/production-logs"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		tool := compose.Need(ctx, box)
		central := compose.FromFS(ctx, box, tool, project("services:\n  collector:\n    image: "+box.ProbeImage()+
			"\n    command: collect 6514\n    ports:\n      - \"6514:6514\"\n"))
		central.Up(ctx)
		composed := "services:\n  app:\n    image: " + box.ProbeImage() + "\n    command: read " + probe.Seed + "/seed.txt\n    network_mode: none\n" +
			"    logging:\n      driver: syslog\n      options:\n        syslog-address: tcp://127.0.0.1:${COLLECTOR}\n        cache-disabled: \"true\"\n"
		p := compose.FromFS(ctx, box, tool, project(composed)).Setenv("COLLECTOR", central.Port(ctx, "collector", 6514))

		up := p.Try(ctx, "up", "-d")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(up).To(ExitZero())
			g.Eventually(ctx, collected).WithArguments(box, central).Within(answering).Should(ContainSubstring(probe.SeedText))
			app := p.Service(ctx, "app")
			g.Expect(app.Inspect(ctx).Mounts).To(BeEmpty())
			g.Expect(app.Changes(ctx)).To(BeEmpty())
			g.Expect(inspected(ctx, box, app)).To(ContainSubstring(`"LogPath":""`))
			g.Expect(p.Try(ctx, "logs", "--no-color", "app").Stdout).NotTo(ContainSubstring(probe.SeedText))
		})
		if box.Facts().Name == "podman" {
			By("or is refused, as Podman has no such driver")
			Expect(up.Stderr).To(ContainSubstring("invalid log driver"))
		}
	}, SpecTimeout(building))

	It("gets its secret from an environment variable, not from a file on the host", claims.Decides(
		"strategy/production-secrets",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		key := rand.Text()
		composed := "services:\n  app:\n    image: " + box.ProbeImage() + "\n    command: hold\n    network_mode: none\n    secrets:\n      - api_key\n" +
			"secrets:\n  api_key:\n    environment: API_KEY\n"
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), project(composed)).Setenv("API_KEY", key)
		p.Up(ctx)
		app := p.Service(ctx, "app")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(app.Exec(ctx, probe.Read("/run/secrets/api_key"))).To(Print(key))
			g.Expect(app.Inspect(ctx).Mounts).NotTo(ContainElement(HaveField("Type", "bind")))
			g.Expect(inspected(ctx, box, app)).NotTo(ContainSubstring(key))
			g.Expect(p.Dir.State()).NotTo(ContainElement(ContainSubstring(key)))
			g.Expect(broken(ctx, rules.Production, composed)).NotTo(ContainElements(rules.NoRawSecretFiles, rules.NoSecretValues))
			g.Expect(broken(ctx, rules.Production, strings.Replace(composed, "environment: API_KEY", "file: ./api_key.txt", 1))).To(ContainElement(rules.NoRawSecretFiles))
		})
	}, SpecTimeout(building))
})

// collected returns what the central service has printed so far.
func collected(ctx context.Context, box *sandbox.Box, central *compose.Project) (string, error) {
	GinkgoHelper()
	stdout, _, err := box.Engine().Logs(ctx, central.Service(ctx, "collector").ID)
	return stdout, err
}

// with adds a mount to the only service of a project.
func with(composed, mount string) string {
	return strings.Replace(composed, "    volumes:\n", "    volumes:\n      - "+mount+"\n", 1)
}
