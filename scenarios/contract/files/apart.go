package files

import (
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
		s := oneContainer(ctx)
		file, onHost := root+"/file", filepath.Join(s.dir.Path, "file")
		Expect(s.one.DoFiles(ctx, fileops.Replace(file, 8192, 1))).To(HaveEach(done))

		seen := s.meanwhile([]fileops.Operation{fileops.Observe(onHost, 8192, 300)}, func() {
			s.one.DoFiles(ctx, fileops.Replace(file, 8192, 300))
		})
		var inside []fileops.Result
		s.meanwhile([]fileops.Operation{fileops.Replace(onHost, 8192, 300)}, func() {
			inside = s.one.DoFiles(ctx, fileops.Observe(file, 8192, 300))
		})

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(seen).To(HaveEach(whole), "on the host")
			g.Expect(inside).To(HaveEach(whole), "in the container")
		})
	})

	It("is created with O_EXCL by the host or by a container, if both try at once", claims.Decides("contract-files/exclusive-create"), func(ctx SpecContext) {
		s := oneContainer(ctx)
		var inside []fileops.Result

		onHost := s.meanwhile([]fileops.Operation{fileops.Claim(s.dir.Path, "claimed", 500)}, func() {
			inside = s.one.DoFiles(ctx, fileops.Claim(root, "claimed", 500))
		})

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(append(onHost, inside...)).To(HaveEach(done))
			g.Expect(onHost[0].Count + inside[0].Count).To(BeEquivalentTo(500))
		})
	})
})

var _ = Describe("A symbolic link that the host made in a bind mount", func() {
	It("does not lead a container to a file of the host", claims.Decides("contract-files/absolute-link-stays-inside"), func(ctx SpecContext) {
		s := oneContainer(ctx)
		secret := s.box.LocalDir(ctx).Write("secret", "of the host")
		onHost := s.machine.DoFiles(fileops.Symlink(secret.File("secret").Path, filepath.Join(s.dir.Path, "link")))
		Expect(onHost).To(HaveEach(done))

		seen := s.one.DoFiles(ctx, fileops.Readlink(root+"/link"), fileops.Read(root+"/link"))

		claims.Holds(ctx, func(g Gomega) {
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

// oneContainer starts a container with a bind mount.
func oneContainer(ctx SpecContext) *stage {
	GinkgoHelper()
	s := &stage{mechanism: bind, box: sandbox.New(ctx)}
	s.machine = s.box.Host()
	s.one = s.start(ctx, bound(ctx, s))
	return s
}

// meanwhile has the host do operations while do runs, and returns their results.
func (s *stage) meanwhile(operations []fileops.Operation, do func()) []fileops.Result {
	GinkgoHelper()
	results := make(chan []fileops.Result)
	go func() { results <- fileops.NewSession().Do(operations...) }()
	do()
	onHost := <-results
	for i, operation := range operations {
		s.box.Did(evidence.Step{Did: "API: at the same time on the host: " + operation.String(), Saw: onHost[i].String()})
	}
	return onHost
}
