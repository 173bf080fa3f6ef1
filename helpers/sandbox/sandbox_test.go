package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// api is the engine of these specs.
var api *fake

// TestSandbox runs specs on an engine in memory.
func TestSandbox(t *testing.T) {
	var e *engine.Engine
	api, e = newFake(t)
	r := begin(t, e)
	RegisterFailHandler(Fail)
	RunSpecs(t, "Sandbox on an engine in memory", AroundNode(func(ctx context.Context) context.Context { return run.WithRun(ctx, r) }))
	left, err := r.End(t.Context())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// begin starts a run whose records and work directory are the test's own.
func begin(t *testing.T, e *engine.Engine) *run.Run {
	t.Helper()
	t.Setenv(settings.Cache.Name, t.TempDir())
	t.Setenv(settings.Work.Name, t.TempDir())
	r, err := run.Begin(t.Context(), e, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// steps returns what the running spec did.
func steps() (did []string) {
	for _, step := range evidence.Of(CurrentSpecReport()) {
		did = append(did, step.Did)
	}
	return did
}

var _ = Describe("A container", func() {
	It("goes through its life, each event as evidence", func(ctx SpecContext) {
		c := sandbox.New(ctx).Start(ctx)

		c.Stop(ctx).Start(ctx).Restart(ctx).Pause(ctx).Unpause(ctx).Kill(ctx)

		Expect(c.Inspect(ctx)).To(And(HaveField("State", "exited"), HaveField("ExitCode", 137)))
		Expect(c.Changes(ctx)).To(ConsistOf("added /added"))
		c.Remove(ctx)
		Expect(c.Exists(ctx)).To(BeFalse())
		Expect(steps()).To(HaveExactElements(
			MatchRegexp(`^API: run -d `+c.Name+` with networking disabled: -i holdfast/probe:\w+ hold$`),
			"docker stop "+c.Name, "docker start "+c.Name, "docker restart "+c.Name, "docker pause "+c.Name, "docker unpause "+c.Name, "docker kill "+c.Name,
			"docker inspect "+c.Name, "docker diff "+c.Name, "docker rm "+c.Name, "docker inspect "+c.Name,
		))
		started := 0
		for _, step := range evidence.Of(CurrentSpecReport()) {
			started += step.Containers
		}
		Expect(started).To(Equal(3), "run -d, start and restart")
	})

	It("is described as a command that can be pasted where Docker has one", func(ctx SpecContext) {
		box := sandbox.New(ctx)

		c := box.Create(ctx, sandbox.Network("host"), sandbox.HostUsers(), sandbox.Tmpfs("/run", "size=1m"), sandbox.Image("my image"))

		Expect(steps()).To(ConsistOf("docker create --name " + c.Name + " --network host -i --userns host --tmpfs /run:size=1m 'my image' hold"))
	})

	It("answers probe commands of its first process, of an exec and of its own", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		c := box.Start(ctx, volume.At("/data"))

		c.Probe(ctx, probe.Write("/data/a", "one"))

		Expect(c.Probe(ctx, probe.Read("/data/a"))).To(Print("one"))
		Expect(c.Exec(ctx, probe.Read("/data/a"))).To(Print("one"))
		Expect(c.ProbeEach(ctx, probe.Read("/data/a"), probe.Read("/data/b"))).To(HaveExactElements(Print("one"), FailWith(probe.ENOENT)))
		Expect(box.Container("id", "other").ID).To(Equal("id"))
		ended := box.Run(ctx, probe.Read("/data/a"), volume.At("/data", "ro"))
		Expect(ended).To(Print("one"))
		Expect(ended.Files(ctx, "/data/a")).To(HaveKeyWithValue("a", "one"))
		Expect(ended.Files(ctx, "/data/b")).To(BeEmpty())
		Expect(steps()).To(ContainElements("API: attached to "+c.Name+": probe read /data/a", "docker exec "+c.Name+" /probe read /data/a", "docker cp "+ended.Name+":/data/a -"))
	})

	It("goes on answering after a restart, and refuses an exec when it has ended", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		c := box.Start(ctx)
		c.Probe(ctx, probe.Write("/a", "one"))
		c.Probe(ctx, probe.Write("/b", "two"))

		c.Restart(ctx)

		Expect(c.Probe(ctx, probe.Read("/a"))).To(Print("one"))
		Expect(steps()[len(steps())-1]).To(HavePrefix("API: attached"), "not by an exec")
		Expect(slices.DeleteFunc(api.requests(), func(request string) bool { return !strings.HasSuffix(request, c.ID+"/attach") })).To(HaveLen(2), "once for each start")
		c.Stop(ctx)
		var answer sandbox.Answer
		Expect(box.Try(func() { answer = c.Exec(ctx, probe.Read("/a")) })).To(MatchError(ContainSubstring("is not running")))
		Expect(answer).To(BeZero())
		Expect(box.Try(func() { c.Start(ctx) })).To(Succeed())
	})

	It("does file operations, as the host does", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		dir := box.Dir(ctx)
		c := box.Start(ctx, dir.At("/data"))

		Expect(c.DoFiles(ctx, fileops.Write("/data/a", "one"))).To(HaveEach(HaveField("Errno", "")))
		Expect(c.ExecFiles(ctx, fileops.Read("/data/a"))).To(HaveEach(HaveField("Data", []byte("one"))))
		Expect(box.RunFiles(ctx, []fileops.Operation{fileops.Read("/data/b")}, dir.At("/data"))).To(HaveEach(HaveField("Errno", "ENOENT")))
		Expect(box.Host().DoFiles(fileops.Read(dir.File("a").Path))).To(HaveEach(HaveField("Data", []byte("one"))))
	})
})

var _ = Describe("A volume", func() {
	It("has a unique name and the sandbox's labels, or not", func(ctx SpecContext) {
		box := sandbox.New(ctx)

		named, unnamed, unlabelled := box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed), box.Volume(ctx, sandbox.Unlabelled)

		Expect(named.Inspect(ctx)).To(And(HaveField("Name", HavePrefix("holdfast-")), HaveField("Labels", box.Labels())))
		Expect(unnamed.Inspect(ctx)).To(And(HaveField("Name", MatchRegexp(`^\w{64}$`)), HaveField("Labels", box.Labels())))
		Expect(unlabelled.Inspect(ctx)).To(And(HaveField("Name", HavePrefix("holdfast-")), HaveField("Labels", BeEmpty())))
		Expect(box.VolumeNames(ctx)).To(ConsistOf(named.Name, unnamed.Name))
		Expect(steps()).To(ContainElements("docker volume create "+named.Name, HavePrefix("docker volume create --label holdfast.spec=")))
	})

	It("is refused where Try expects it", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		used := box.Volume(ctx)
		box.Create(ctx, used.At("/data"))

		Expect(box.Try(func() { box.Volume(ctx, func(spec *engine.VolumeSpec) { spec.Driver = "nfs" }) })).To(MatchError(ContainSubstring("plugin")))
		Expect(used.Remove(ctx)).To(MatchError(engine.IsConflict, "conflict"))
		Expect(used.Exists(ctx)).To(BeTrue())
		Expect(box.Volume(ctx).Remove(ctx)).To(Succeed())
	})

	It("is pruned by its own sandbox only", func(ctx SpecContext) {
		box, neighbour := sandbox.New(ctx), sandbox.New(ctx)
		mine, theirs := box.Volume(ctx), neighbour.Volume(ctx)
		busy := true
		api.refuse = func(r *http.Request) int {
			if busy && r.URL.Path == "/volumes/prune" {
				busy = false
				return 409
			}
			return 0
		}
		DeferCleanup(func() { api.refuse = nil })

		Expect(box.PruneVolumes(ctx, "all=true")).To(ConsistOf(mine.Name))

		Expect(theirs.Exists(ctx)).To(BeTrue())
		Expect(steps()).To(ContainElement("docker volume prune --force --filter all=true --filter " + box.Filter()))
	})
})

var _ = Describe("A sandbox that has ended", Ordered, func() {
	It("had a container with three kinds of volumes", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		c := box.Start(ctx, box.Volume(ctx, sandbox.Unlabelled).At("/named"), sandbox.Anonymous("/anonymous"),
			sandbox.Mount(engine.Mount{Type: "volume", Source: box.AdoptVolume(box.Name("volume")).Name, Target: "/mounted"}))
		c.Stop(ctx)
		box.Create(ctx, sandbox.Anonymous("/anonymous")).Remove(ctx)
		Expect(api.names()).To(HaveLen(5))
		api.requests()
	})

	It("has left nothing, and removed the containers first", func() {
		Expect(api.names()).To(BeEmpty())
		Expect(api.requests()).To(HaveExactElements(
			HavePrefix("DELETE /containers/"), HavePrefix("DELETE /volumes/"), HavePrefix("DELETE /containers/"),
			HavePrefix("DELETE /containers/"), HavePrefix("DELETE /volumes/"), HavePrefix("DELETE /containers/"),
			HavePrefix("DELETE /volumes/holdfast-"), HavePrefix("DELETE /volumes/holdfast-")))
	})
})

var _ = Describe("The bundle of a failed spec", func() {
	It("shows the steps and what the engine says", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		box.Run(ctx, probe.Read("/missing"), volume.At("/data"))

		sandbox.AddBundle(box, ctx)

		entries := CurrentSpecReport().ReportEntries
		Expect(entries[len(entries)-1].StringRepresentation()).To(And(
			ContainSubstring("docker volume create "+volume.Name+"  ->  "+volume.Name), ContainSubstring("exited, exit code 2"), ContainSubstring("no such file"),
		))
	})
})
