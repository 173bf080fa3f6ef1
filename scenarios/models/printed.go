package models

import (
	"path"
	"strings"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson types `cp MODEL $(docker volume inspect VOLUME --format ...)/`. Only the
// substitution is run here: with its empty result, cp would copy the model into the
// root directory of this machine.
var _ = Describe("The lesson's cp into a volume's Mountpoint", Label("models", "compose"), func() {
	It("finds the volume by its name in the compose file", claims.Decides("models/copy-into-mountpoint"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		// Unlike the lesson's, this name is unique on the engine.
		key := box.Name(volume)
		p := project(ctx, box, strings.ReplaceAll(storing, "VOLUME", key))
		mountpoint := func(name string) sandbox.Answer {
			return box.Docker(ctx, "volume", "inspect", name, "--format", "{{ .Mountpoint }}")
		}

		substituted := mountpoint(key)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(substituted).To(ExitZero(), "no volume has that name before the first up")
			g.Expect(strings.TrimSpace(substituted.Stdout)).To(HaveSuffix("/_data"))
		})
		Expect(substituted.Stderr).To(MatchRegexp("(?i)no such volume"))
		Expect(strings.TrimSpace(substituted.Stdout)+"/").To(Equal("/"), "the model would go to the root directory")
		p.Up(ctx)
		Expect(mountpoint(key)).NotTo(ExitZero(), "nor afterwards")
		Expect(mountpoint(p.Name + "_" + key)).To(Print(path.Join(box.Facts().DataRoot, "volumes", p.Name+"_"+key, "_data")))
		Expect(p.Service(ctx, service).Exec(ctx, probe.List(folder))).To(Print(""), "the service starts without a model")
	})

	It("is replaced by docker-compose cp, before the service starts", claims.Corrects(
		"models/copy-into-mountpoint",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, strings.ReplaceAll(storing, "VOLUME", volume))

		claims.Corrected(ctx, func(g Gomega, text string) {
			for line := range strings.Lines(text) {
				words := strings.Fields(strings.Replace(line, "~/", p.Dir.Path+"/", 1))
				g.Expect(words[0]).To(Equal("docker-compose"))
				g.Expect(p.Try(ctx, words[1:]...)).To(ExitZero())
			}
			g.Expect(p.Service(ctx, service).Inspect(ctx).State).To(Equal("created"), "it must not have started")
			g.Expect(box.Run(ctx, probe.Read(model), stored(ctx, p, volume))).To(Print(weights))
			p.Up(ctx)
			g.Expect(p.Service(ctx, service).Exec(ctx, probe.Read(model))).To(Print(weights))
		})
	})

	It("works with the volume's real name, on the engine's host", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it mounts a directory of the engine's host")
		p := project(ctx, box, strings.ReplaceAll(storing, "VOLUME", volume))
		p.Up(ctx)
		found, err := box.Engine().InspectVolume(ctx, p.Name+"_"+volume)
		Expect(err).NotTo(HaveOccurred())

		box.Run(ctx, probe.Write(model, weights), sandbox.Mount(engine.Mount{Type: "bind", Source: found.Mountpoint, Target: folder}))

		Expect(p.Service(ctx, service).Exec(ctx, probe.Read(model))).To(Print(weights))
	})
})

var _ = Describe("docker compose up", Label("models", "compose"), func() {
	It("prints what it creates, what it attaches to, and the service of each line", claims.Decides(
		"models/says-creating", "models/says-attaching", "models/names-the-service",
	), claims.Corrects("models/says-creating", "models/names-the-service"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, listing)
		p.Create(ctx)
		load(ctx, p)
		p.Down(ctx)

		up := p.UpForeground(ctx, "")

		claims.Get(ctx, "models/says-creating").Holds(func(g Gomega) {
			g.Expect(up.Stdout + up.Stderr).To(MatchRegexp(`Creating \S+ \.\.\. done`))
		})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(up.Stdout + up.Stderr).To(ContainSubstring("Attaching to " + p.Name + "_" + service + "_1"))
		})
		claims.Get(ctx, "models/names-the-service").Holds(func(g Gomega) {
			g.Expect(up.Stdout).To(MatchRegexp(`(?m)^` + service + `_1 +\| ` + file + `$`))
		})
		Expect(up.Stdout + up.Stderr).To(MatchRegexp(`Container ` + p.Name + `-` + service + `-1 +Created`))
		claims.Get(ctx, "models/says-creating").Corrected(func(g Gomega, text string) {
			g.Expect(lines(up.Stdout + up.Stderr)).To(ContainElement(text))
		})
		claims.Get(ctx, "models/names-the-service").Corrected(func(g Gomega, text string) {
			g.Expect(lines(up.Stdout)).To(ContainElement(text + " " + file))
		})
	})
})

var _ = Describe("The compose file of the embedding service", Label("models", "compose"), func() {
	It("publishes the service on the host's port 8000", claims.Decides("models/published-port"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-1-models"))

		read, err := p.Model(ctx)

		Expect(err).NotTo(HaveOccurred())
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(read.Services[service].Ports).To(ConsistOf(And(HaveField("Published", "8000"), HaveField("Target", uint32(8000)))))
		})
	})
})

// lines splits a text into lines without trailing white space.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimRight(line, " \r\n"))
	}
	return all
}
