package compose

import (
	"context"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// TestOnEngine drives a real Compose on whatever engine is at hand.
func TestOnEngine(t *testing.T) {
	if e, err := engine.Connect(t.Context()); err != nil {
		t.Skipf("needs an engine (`lab run` gives one): %v", err)
	} else {
		e.Close()
	}
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.Timeout = 15 * time.Minute
	RunSpecs(t, "Compose on an engine", suite, reporter, AroundNode(func(ctx context.Context) context.Context { return run.WithRun(ctx, joined) }))
}

var (
	tool   Tool
	joined *run.Run
	first  bool // this process began the run
)

var _ = SynchronizedBeforeSuite(func(ctx SpecContext) []byte {
	e, err := engine.Connect(ctx)
	Expect(err).NotTo(HaveOccurred())
	joined, err = run.Begin(ctx, e, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	_, err = Find(ctx, os.Stderr)
	Expect(err).NotTo(HaveOccurred())
	first = true
	return joined.Share()
}, func(ctx SpecContext, data []byte) {
	var err error
	if !first {
		joined, err = run.Join(ctx, data)
		Expect(err).NotTo(HaveOccurred())
	}
	tool, err = Find(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	GinkgoWriter.Println("testing", tool, tool.Path, "buildx", tool.Buildx)
}, NodeTimeout(15*time.Minute))

var _ = SynchronizedAfterSuite(func(SpecContext) {
	if joined != nil && !first {
		Expect(joined.Leave()).To(Succeed())
	}
}, func(ctx SpecContext) {
	if first {
		left, err := joined.End(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(left).To(BeEmpty(), "left behind")
	}
}, NodeTimeout(time.Minute))

func project(text string) fstest.MapFS {
	return fstest.MapFS{"docker-compose.yaml": {Data: []byte(text)}, "config/app.conf": {Data: []byte("made by hand")}}
}

// holding has a mount of every kind.
const holding = `version: '3.8'
services:
  app:
    image: ${HOLDFAST_PROBE}
    command: hold
    volumes:
      - data:/data
      - ./config:/config:ro
      - ./logs:/app/logs
      - /anonymous
      - type: tmpfs
        target: /scratch
        tmpfs: {size: 1048576, mode: 0700}
    tmpfs:
      - /run/secrets:size=1m
    ports:
      - "8000:8000"
      - "6333:6333/udp"
volumes:
  data:
    driver: local
    labels: {purpose: test}
`

var _ = Describe("A project", func() {
	It("runs as its model says, on ports of its own", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		one, other := FromFS(ctx, box, tool, project(holding)), FromFS(ctx, box, tool, project(holding))
		one.Up(ctx)
		other.Up(ctx)

		Expect(one.Compare(ctx)).To(BeEmpty())
		Expect(other.Compare(ctx)).To(BeEmpty())
		Expect(one.Port(ctx, "app", 8000)).NotTo(Or(Equal("8000"), Equal(other.Port(ctx, "app", 8000))))
		Expect(one.Volume(ctx, "data")).To(Equal(one.Name + "_data"))
		found, ok := one.Container(ctx, "app")
		Expect(ok).To(BeTrue())
		Expect(found.Labels).To(HaveKeyWithValue(run.SpecLabel, box.Labels()[run.SpecLabel]))
		volume, err := box.Engine().InspectVolume(ctx, one.Volume(ctx, "data"))
		Expect(err).NotTo(HaveOccurred())
		Expect(volume.Labels).To(HaveKeyWithValue(run.Label, box.Labels()[run.Label]))
	}, SpecTimeout(2*time.Minute))

	It("goes through every event", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := FromFS(ctx, box, tool, project(holding))
		p.Up(ctx)
		app := p.Service(ctx, "app")
		app.Exec(ctx, probe.Write("/data/kept", "kept"))
		app.Exec(ctx, probe.Write("/anonymous/kept", "kept"))

		for _, event := range []func(){
			func() { p.Restart(ctx) }, func() { p.Stop(ctx); p.Start(ctx) }, func() { p.Kill(ctx); p.Start(ctx) },
			func() { p.Recreate(ctx) },
		} {
			event()
			Expect(p.Service(ctx, "app").Exec(ctx, probe.Read("/data/kept"))).To(match.Print("kept"))
			Expect(p.Service(ctx, "app").Exec(ctx, probe.Read("/anonymous/kept"))).To(match.Print("kept"))
		}
		Expect(p.Service(ctx, "app").ID).NotTo(Equal(app.ID))
		p.Recreate(ctx, "-V")
		Expect(p.Service(ctx, "app").Exec(ctx, probe.Read("/anonymous/kept"))).To(match.FailWith(probe.ENOENT))
		p.Down(ctx)
		_, ok := p.Container(ctx, "app")
		Expect(ok).To(BeFalse())
		p.Up(ctx, "--wait")
		Expect(p.Exec(ctx, "app", "/probe", "read", "/data/kept")).To(match.Print("kept"))
		Expect(p.Run(ctx, "app", "read", "/data/kept")).To(match.Print("kept"))
		p.Dir.Write("sent.txt", "sent")
		p.Cp(ctx, "sent.txt", "app:/data/sent")
		Expect(p.Exec(ctx, "app", "/probe", "read", "/data/sent")).To(match.Print("sent"))
		p.DownVolumes(ctx)
		Expect(p.HasVolume(ctx, "data")).To(BeFalse())
	}, SpecTimeout(2*time.Minute))

	It("is told from a model that it is not", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := FromFS(ctx, box, tool, project(holding))
		p.Up(ctx)
		changed := []byte(holding)
		p.Dir.Write("docker-compose.yaml", string(changed)+"  more: {}\n")
		Expect(p.Compare(ctx)).To(BeEmpty(), "a volume that nothing uses is not made")
		for lost, sabotage := range map[string][2]string{
			"read-only is mounted": {":/config:ro", ":/config"}, "/elsewhere, writable": {"./logs:", "./elsewhere:"},
			"the model has the volume": {"./logs:/app", "data:/app"}, "the model has nothing": {"      - data:/data\n", ""},
			"options": {"size=1m", "size=2m"}, "bytes": {"1048576", "2097152"}, "label": {"purpose: test", "purpose: other"},
		} {
			p.Dir.Write("docker-compose.yaml", replaced(holding, sabotage))
			Expect(p.Compare(ctx)).To(ContainElement(ContainSubstring(lost)), "%v", sabotage)
		}
	}, SpecTimeout(2*time.Minute))

	It("builds from an image that only the engine has", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		source := project("services:\n  app:\n    build: .\n")
		source["Dockerfile"] = &fstest.MapFile{Data: []byte("FROM " + box.ProbeImage() + "\nCOPY config/app.conf /app/app.conf\nRUN [\"/probe\", \"write\", \"/app/made\", \"made\\n\"]\nCMD [\"read\", \"/app/made\"]\n")}
		p := FromFS(ctx, box, tool, source)
		p.Build(ctx)
		p.Up(ctx)
		Expect(p.AwaitEnd(ctx, "app")).To(match.Print("made"))
		Expect(p.Logs(ctx, "app")).To(Equal("made\n"))
		Expect(p.Run(ctx, "app", "read", "/app/app.conf")).To(match.Print("made by hand"))
	}, SpecTimeout(3*time.Minute))

	It("may use what another one of its sandbox made", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		source := project("services:\n  app:\n    build: .\n    command: hold\n    volumes: [\"data:/data\"]\nvolumes:\n  data:\n")
		source["Dockerfile"] = &fstest.MapFile{Data: []byte("FROM " + box.ProbeImage() + "\n")}
		user := FromFS(ctx, box, tool, project("services:\n  app:\n    image: ${IMAGE}\n    command: hold\n    volumes: [\"data:/data\"]\nvolumes:\n  data: {external: true, name: \"${VOLUME}\"}\n"))
		maker := FromFS(ctx, box, tool, source)
		maker.Up(ctx)
		user.Setenv("IMAGE", maker.Name+"-app").Setenv("VOLUME", maker.Volume(ctx, "data"))
		user.Up(ctx)
		maker.Service(ctx, "app").Exec(ctx, probe.Write("/data/shared", "shared"))
		Expect(user.Service(ctx, "app").Exec(ctx, probe.Read("/data/shared"))).To(match.Print("shared"))
		Expect(user.Compare(ctx)).To(BeEmpty())
		user.DownVolumes(ctx)
		Expect(maker.HasVolume(ctx, "data")).To(BeTrue(), "an external volume is never removed")
	}, SpecTimeout(2*time.Minute))

	It("comes up in the foreground and goes down with Ctrl-C", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := FromFS(ctx, box, tool, project("services:\n  app:\n    image: ${HOLDFAST_PROBE}\n    command: await /seed/seed.txt never\n"))
		Expect(p.UpForeground(ctx, "waiting").Stdout).To(ContainSubstring("waiting"))
		found, _ := p.Container(ctx, "app")
		Expect(found.State).To(Equal("exited"))
		p.Up(ctx)
		Expect(p.AwaitLog(ctx, "app", "waiting")).To(ContainSubstring("waiting"))
	}, SpecTimeout(2*time.Minute))

	It("is refused in Compose's own words where it is invalid, and with file and line in ours", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := FromFS(ctx, box, tool, project("services:\n  app:\n    image: x\n    volumes:\n      - dev-data:/data\n"))
		answer := p.Try(ctx, "up", "-d")
		Expect(answer.ExitCode).NotTo(BeZero())
		Expect(answer.Stderr).To(ContainSubstring("undefined volume dev-data"))
		_, err := p.Model(ctx)
		Expect(err).To(MatchError(And(ContainSubstring("docker-compose.yaml:5: "), ContainSubstring("undefined volume dev-data"))))
	}, SpecTimeout(time.Minute))

	It("has free ports with a Compose that does not know !override, too", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		old := tool
		old.Version = "2.20.0"
		p := FromFS(ctx, box, old, project(holding))
		p.Up(ctx)
		Expect(p.Compare(ctx)).To(BeEmpty())
		Expect(p.Port(ctx, "app", 8000)).NotTo(Equal("8000"))
	}, SpecTimeout(time.Minute))
})
