package durability

import (
	"context"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("After a power cut of the engine's machine", Ordered, ContinueOnFailure, Serial, Label("files", "engine-wide", "power-cut"), func() {
	var s *stage
	BeforeAll(func(ctx SpecContext) {
		s = newStage(ctx)
		powerCut(ctx, s.box)
		s.container.Start(ctx)
	})

	It("what was synced is there", claims.Decides("contract-durability/survives-power-cut"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(s.container.DoFiles(ctx, read(s.places)...)).To(HaveEach(text)) })
	})

	It("the files of a tmpfs mount are gone", claims.Decides("contract-durability/tmpfs-lost-by-power-cut"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(s.container.DoFiles(ctx, read([]string{tmpfs})...)).To(HaveEach(HaveField("Errno", "ENOENT")))
		})
	})

	It("a replaced file is whole", claims.Decides("contract-durability/replaced-file-is-whole"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			for _, place := range s.places {
				g.Expect(s.container.DoFiles(ctx, fileops.Read(place+"/replaced"))).To(HaveEach(HaveField("Data", BeElementOf([]byte("old"), []byte("newer")))), place)
			}
		})
	})

	It("the engine has the volumes with synced data, and none without a directory", claims.Decides("contract-durability/engine-after-power-cut"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			listed := s.box.VolumeNames(ctx)
			g.Expect(listed).To(ContainElements(s.volumes))
			for _, name := range listed {
				g.Expect(s.box.RunFiles(ctx, []fileops.Operation{fileops.List("/data")}, api.Volume(name, "/data"))).To(share.BeDone)
			}
		})
	})

	It("a container with a restart policy runs, with its volumes", claims.Decides("contract-durability/restart-policy-after-power-cut"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, func() string { return s.restarts.Inspect(ctx).State }, "60s").Should(Equal("running"))
			g.Expect(s.restarts.ExecFiles(ctx, read([]string{"/named", "/anonymous"})...)).To(HaveEach(text))
		})
	})
})

var _ = Describe("A transaction of SQLite", Serial, Label("files", "engine-wide", "power-cut", "python"), func() {
	It("is in the database after a power cut", claims.Decides("contract-durability/database-after-power-cut"), func(ctx SpecContext) {
		const python, open = "python:3.12-slim", "import sqlite3\ndb = sqlite3.connect('/data/file.db')\n"
		box := sandbox.New(ctx)
		needsMachine(box)
		images.Need(ctx, box, python)
		volume := box.Volume(ctx)
		in := func(program string) *sandbox.Container {
			return box.Run(ctx, probe.Command{Args: []string{"python3", "-c", open + program}}, sandbox.Image(python), volume.At("/data"))
		}
		settle(ctx, box)
		Expect(in("db.execute('CREATE TABLE t (word)')\nfor word in 'one', 'two': db.execute('INSERT INTO t VALUES (?)', (word,)); db.commit()")).To(ExitZero())

		powerCut(ctx, box)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(in("print([row[0] for row in db.execute('SELECT word FROM t')], db.execute('PRAGMA integrity_check').fetchone()[0], end='')")).To(Print("['one', 'two'] ok"))
		})
	})
})

// stage is what there was before the power cut.
type stage struct {
	box                 *sandbox.Box
	container, restarts *sandbox.Container
	places, volumes     []string // the volumes have synced data
}

// newStage writes and syncs files by each mechanism, and starts a container with a restart policy.
func newStage(ctx SpecContext) *stage {
	GinkgoHelper()
	s := &stage{box: sandbox.New(ctx)}
	needsMachine(s.box)
	settle(ctx, s.box)
	shared := share.Start(ctx, s.box, 1, sandbox.Tmpfs(tmpfs))
	s.container, s.places = shared.All[0], append([]string{layer}, shared.Places...)
	Expect(s.container.DoFiles(ctx, append(synced(s.places), written([]string{tmpfs})...)...)).To(share.BeDone)
	for _, place := range s.places {
		file, next := place+"/replaced", place+"/next"
		Expect(s.container.DoFiles(ctx, fileops.Write(file, "old"), fileops.SyncFile(file), fileops.SyncDirectory(place),
			fileops.Write(next, "newer"), fileops.SyncFile(next), fileops.Rename(next, file), fileops.SyncDirectory(place))).To(share.BeDone)
	}
	var reply any
	reply, s.restarts = api.Create(ctx, s.box, api.Object{"RestartPolicy": api.Object{"Name": "always"}, "Mounts": []api.Object{
		{"Type": "volume", "Source": s.box.Volume(ctx).Name, "Target": "/named"}, {"Type": "volume", "Target": "/anonymous"}}})
	Expect(s.restarts).NotTo(BeNil(), "%v", reply)
	Expect(s.restarts.Start(ctx).ExecFiles(ctx, synced([]string{"/named", "/anonymous"})...)).To(share.BeDone)
	s.volumes = s.box.VolumeNames(ctx)
	s.box.Volume(ctx) // without synced data, it may be lost
	return s
}

// needsMachine skips the spec if the suite cannot cut the power of the engine's machine.
func needsMachine(box *sandbox.Box) {
	GinkgoHelper()
	if !box.Facts().VM || !box.Engine().Controllable() {
		Skip("needs an engine in a virtual machine whose power the suite may cut, such as the lab's docker-vm")
	}
}

// settle has the engine's machine write everything to its disk: the engine's images are not
// what the claims are about.
func settle(ctx context.Context, box *sandbox.Box) {
	GinkgoHelper()
	Expect(box.RunFiles(ctx, []fileops.Operation{fileops.SyncFileSystem("/")})).To(share.BeDone)
}

func powerCut(ctx context.Context, box *sandbox.Box) {
	GinkgoHelper()
	err := run.From(ctx).WithoutMonitor(ctx, box.Engine().PowerCut)
	box.Did(evidence.Step{Did: "API: lab's control socket: power cut", Saw: "the engine answers again"})
	Expect(err).NotTo(HaveOccurred())
}
