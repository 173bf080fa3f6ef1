package files

import (
	"fmt"
	"path/filepath"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A file of a bind mount", func() {
	It("has the same bytes and size on both sides", claims.Decides("contract-files/both-sides-of-a-bind-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		dir := box.LocalDir(ctx).WorldWritable()
		container, machine := box.Start(ctx, dir.At(root)), box.Host()

		onHost := machine.DoFiles(fileops.Generate(filepath.Join(dir.Path, "host"), seed, 100_000), fileops.Status(filepath.Join(dir.Path, "host")))
		inside := container.DoFiles(ctx, fileops.Digest(root+"/host"), fileops.Status(root+"/host"),
			fileops.Generate(root+"/container", seed+1, 100_000), fileops.Status(root+"/container"))
		onHost = append(onHost, machine.DoFiles(fileops.Digest(filepath.Join(dir.Path, "container")), fileops.Status(filepath.Join(dir.Path, "container")))...)

		claims.Holds(ctx, func(g Gomega) {
			for i := range inside {
				g.Expect(inside[i]).To(And(done, HaveField("SHA256", onHost[i].SHA256)))
				if i%2 == 1 {
					g.Expect(onHost[i]).To(done)
					g.Expect(inside[i].Stat.Size).To(Equal(onHost[i].Stat.Size))
				}
			}
		})
	})

	It("is the old or the new on one side while the other renames another over it", claims.Decides("contract-files/rename-is-atomic"), func(ctx SpecContext) {
		s := oneContainer(ctx, atOnce)
		file, onHost := root+"/file", filepath.Join(s.dir.Path, "file")
		Expect(s.one.DoFiles(ctx, fileops.Replace(file, 8192, 1))).To(HaveEach(done))

		seen := s.meanwhile(fileops.Observe(onHost, 8192, replacements), func() {
			s.one.DoFiles(ctx, fileops.Replace(file, 8192, replacements))
		})
		var inside []fileops.Result
		s.meanwhile(fileops.Replace(onHost, 8192, replacements), func() {
			inside = s.one.DoFiles(ctx, fileops.Observe(file, 8192, replacements))
		})

		judge(ctx, s, exceptions("rename-is-atomic"), func(g Gomega, _ outcomes) {
			g.Expect(seen).To(whole, "on the host")
			g.Expect(inside).To(HaveEach(whole), "in the container")
		})
	})

	It("is created with O_EXCL by the host or by a container, if both try at once", claims.Decides("contract-files/exclusive-create"), func(ctx SpecContext) {
		s := oneContainer(ctx, atOnce)
		var onHost, inside fileops.Result
		claim := func(round int) {
			name := fmt.Sprint("round", round)
			onHost = s.meanwhile(fileops.Claim(s.dir.Path, name, 200), func() { inside = s.one.DoFiles(ctx, fileops.Claim(root, name, 200))[0] })
		}
		// Where the sharing loses the race, it need not do so each time.
		claim(0)
		for round := 1; round < 30 && lost.concerns(s.box.Facts()) && inside.OK(); round++ {
			claim(round)
		}

		judge(ctx, s, exceptions("exclusive-create"), func(g Gomega, others outcomes) {
			g.Expect(onHost).To(done)
			if others != nil {
				g.Expect(inside).To(others[0])
				return
			}
			g.Expect(inside).To(done)
			g.Expect(onHost.Count + inside.Count).To(BeEquivalentTo(200))
		})
	})
})

var _ = Describe("A symbolic link that the host made in a bind mount", func() {
	It("does not lead a container to a file of the host", claims.Decides("contract-files/absolute-link-stays-inside"), func(ctx SpecContext) {
		s := oneContainer(ctx, bind)
		secret := s.box.LocalDir(ctx).Write("secret", "of the host")
		onHost := s.machine.DoFiles(fileops.Symlink(secret.File("secret").Path, filepath.Join(s.dir.Path, "link")))
		Expect(onHost).To(HaveEach(done))

		seen := s.one.DoFiles(ctx, fileops.Readlink(root+"/link"), fileops.Read(root+"/link"))

		judge(ctx, s, exceptions("absolute-link-stays-inside"), func(g Gomega, others outcomes) {
			if others != nil {
				g.Expect(seen).To(HaveEach(others[1]))
				return
			}
			g.Expect(seen).To(HaveExactElements(reads(secret.File("secret").Path), fails("ENOENT")))
		})
	})
})

var _ = Describe("The inode number of a file", func() {
	It("stays when its container is restarted", claims.Decides("contract-files/inode-numbers-stay"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		options := []sandbox.Option{sandbox.Anonymous("/anonymous"), box.Volume(ctx).At("/named")}
		paths := []string{"/anonymous/file", "/named/file"}
		if box.Facts().SharesFiles {
			options, paths = append(options, box.Dir(ctx).WorldWritable().At("/bind")), append(paths, "/bind/file")
		}
		container := box.Start(ctx, options...)
		var writes, looks []fileops.Operation
		for _, path := range paths {
			writes, looks = append(writes, fileops.Write(path, "text")), append(looks, fileops.Status(path))
		}
		Expect(container.DoFiles(ctx, writes...)).To(HaveEach(done))
		before := container.DoFiles(ctx, looks...)

		after := container.Restart(ctx).DoFiles(ctx, looks...)

		claims.Holds(ctx, func(g Gomega) {
			for i := range before {
				g.Expect(after[i]).To(has("Stat.Inode", before[i].Stat.Inode), paths[i])
			}
		})
	})
})

// oneContainer starts a container with a bind mount, which a mechanism uses.
func oneContainer(ctx SpecContext, m *mechanism) *stage {
	GinkgoHelper()
	s := &stage{mechanism: m, box: sandbox.New(ctx)}
	s.machine = s.box.Host()
	s.one = s.start(ctx, bound(ctx, s))
	return s
}

// meanwhile has the host do an operation while do runs, and returns its result.
func (s *stage) meanwhile(operation fileops.Operation, do func()) fileops.Result {
	GinkgoHelper()
	result := make(chan fileops.Result)
	go func() { result <- fileops.NewSession().Do(operation)[0] }()
	do()
	onHost := <-result
	s.box.Did(evidence.Step{Did: "API: at the same time on the host: " + operation.String(), Saw: onHost.String()})
	return onHost
}
