// Package logs covers log files that survive their containers, in a directory of the
// host.
package logs

import (
	"context"
	"testing/fstest"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's service and its log on the host.
const (
	service = "ai-service"
	hostLog = "logs/app.log"
)

// appending is the lesson's project without Python: each start appends LINE.
const appending = `services:
  ai-service:
    image: ${HOLDFAST_PROBE}
    command: ["append", "/app/logs/app.log", "${LINE}\n"]
    network_mode: none
    volumes:
      - ./logs:/app/logs             # Host logs directory
`

// forgetting is the same project without the mount.
const forgetting = `services:
  ai-service:
    image: ${HOLDFAST_PROBE}
    command: ["append", "/app/app.log", "${LINE}\n"]
    network_mode: none
`

// project returns a project with the compose file.
func project(ctx context.Context, box *sandbox.Box, text string) *compose.Project {
	GinkgoHelper()
	return compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{"docker-compose.yaml": {Data: []byte(text)}})
}

// run starts the service, which logs the line, and waits until it ends.
func run(ctx context.Context, p *compose.Project, line string) {
	GinkgoHelper()
	p.Setenv("LINE", line).UpForeground(ctx, "")
}

// gone reports whether the engine has no container of the service.
func gone(ctx context.Context, p *compose.Project) bool {
	GinkgoHelper()
	_, exists := p.Container(ctx, service)
	return !exists
}

var _ = Describe("A log directory bind-mounted from the host", Label("logs", "compose"), func() {
	It("collects the lines of every run in one file on the host", claims.Decides(
		"logs/up-writes", "logs/down", "logs/stored-on-the-host", "logs/bind-mount", "logs/up-appends", "logs/cat", "logs/one-file",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, appending)

		run(ctx, p, "first")

		claims.Get(ctx, "logs/up-writes").Holds(func(g Gomega) { g.Expect(p.Dir.Read(hostLog)).To(Print("first")) })

		p.Down(ctx)

		claims.Get(ctx, "logs/down", "logs/stored-on-the-host").Holds(func(g Gomega) {
			g.Expect(gone(ctx, p)).To(BeTrue())
			g.Expect(p.Dir.Read(hostLog)).To(Print("first"))
		})

		run(ctx, p, "second")

		claims.Get(ctx, "logs/bind-mount", "logs/up-appends", "logs/cat", "logs/one-file").Holds(func(g Gomega) {
			g.Expect(p.Dir.Read(hostLog)).To(Print("first\nsecond"))
			g.Expect(p.Dir.File("logs").State()).To(And(HaveLen(2), HaveKey("app.log")), "besides the directory itself")
		})
	})

	It("gets another line when the container starts again", claims.Decides("logs/one-file"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, appending)
		run(ctx, p, "first")

		p.Restart(ctx)
		p.AwaitEnd(ctx, service)

		claims.Holds(ctx, func(g Gomega) { g.Expect(p.Dir.Read(hostLog)).To(Print("first\nfirst")) })
	})

	It("is the host's directory and not a volume", claims.Decides("logs/bind-mount", "logs/host-logs-directory", "logs/stored-on-the-host"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, appending)

		run(ctx, p, "first")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(p.Service(ctx, service).Inspect(ctx).Mounts).To(ConsistOf(And(
				HaveField("Type", "bind"), HaveField("Source", HaveSuffix("/logs")), HaveField("Target", "/app/logs"), HaveField("ReadWrite", true))))
			g.Expect(p.Service(ctx, service).Changes(ctx)).NotTo(ContainElement(HaveSuffix("app.log")))
		})
	})

	It("belongs to the container's root, which the engine may map to another user", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, appending)

		run(ctx, p, "first")

		if !box.Facts().SameFiles {
			Skip("needs an engine on this machine's own file system: elsewhere, the sharing decides who owns a file")
		}
		root := box.Facts().RootUser
		Expect(box.Host().DoFiles(fileops.Status(p.Dir.File("logs").Path), fileops.Status(p.Dir.File(hostLog).Path))).To(
			HaveEach(HaveField("Stat.UID", root)), "the engine creates the missing directory, and the container its log")
		Expect(root == 0).To(Equal(!box.Facts().Rootless && !box.Facts().UsernsRemap), "user %d", root)
	})
})

var _ = Describe("A log that is not mounted", Label("logs", "compose"), func() {
	It("is lost with its container", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, forgetting)
		run(ctx, p, "first")
		Expect(p.Service(ctx, service).Files(ctx, "/app/app.log")).To(HaveKeyWithValue("app.log", "first\n"))
		p.Down(ctx)

		run(ctx, p, "second")

		Expect(p.Service(ctx, service).Files(ctx, "/app/app.log")).To(HaveKeyWithValue("app.log", "second\n"))
	})
})
