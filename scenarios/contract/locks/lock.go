// Package locks covers the contract's promises about locks and shared memory.
package locks

import (
	"path/filepath"
	"runtime"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// kinds are the kinds of locks and the claims about them.
var kinds = []struct{ name, claim string }{
	{fileops.Flock, "contract-locks/flock"}, {fileops.POSIX, "contract-locks/fcntl"}, {fileops.OFD, "contract-locks/open-file-description-locks"},
}

// refused matches the result of a lock that another holds.
var (
	done    = HaveField("Errno", "")
	refused = HaveField("Errno", BeElementOf("EAGAIN", "EACCES"))
	held    = And(done, HaveField("Held", true))
)

var _ = Describe("A lock of a container", Label("files"), func() {
	It("is free as soon as the container was killed", claims.Decides("contract-locks/killed-container-frees-locks"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 2)
		one, other := shared.All[0], shared.All[1]
		take := func(container *sandbox.Container) (all []fileops.Result) {
			for _, kind := range kinds {
				for _, file := range shared.Files(kind.name) {
					all = append(all, container.DoFiles(ctx, append(open(file), fileops.Lock(file, kind.name))...)...)
				}
			}
			return all
		}

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(take(one)).To(share.BeDone)
			g.Expect(take(other)).To(ContainElement(refused))
			one.Kill(ctx)
			g.Expect(take(other)).To(share.BeDone)
		})
	})
})

var _ = Describe("Locks of containers", Label("files"), Ordered, ContinueOnFailure, func() {
	var shared *share.Containers
	BeforeAll(func(ctx SpecContext) { shared = share.Start(ctx, sandbox.New(ctx), 2) })

	for _, kind := range kinds {
		It("by "+kind.name+" keep another container from taking them until they are released", claims.Decides(kind.claim), func(ctx SpecContext) {
			one, other := shared.All[0], shared.All[1]

			claims.Holds(ctx, func(g Gomega) {
				for _, file := range shared.Files(kind.name) {
					g.Expect(one.DoFiles(ctx, append(open(file), fileops.Lock(file, kind.name))...)).To(share.BeDone, file)
					g.Expect(other.DoFiles(ctx, fileops.Open(file, file, 0), fileops.Lock(file, kind.name), fileops.TestLock(file, kind.name))).To(
						HaveExactElements(done, refused, held), file)
					g.Expect(one.DoFiles(ctx, fileops.Unlock(file, kind.name))).To(share.BeDone, file)
					g.Expect(other.DoFiles(ctx, fileops.Lock(file, kind.name))).To(share.BeDone, file)
				}
			})
		})
	}

	It("leave other bytes of the file free", claims.Decides("contract-locks/other-ranges-stay-free"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			for _, file := range shared.Files("range") {
				g.Expect(shared.All[0].DoFiles(ctx, append(open(file), fileops.Lock(file, fileops.POSIX).Range(0, 10))...)).To(share.BeDone, file)
				g.Expect(shared.All[1].DoFiles(ctx, fileops.Open(file, file, 0), fileops.Lock(file, fileops.POSIX).Range(9, 10),
					fileops.Lock(file, fileops.POSIX).Range(10, 10))).To(HaveExactElements(done, refused, done), file)
			}
		})
	})
})

var _ = Describe("Locks and maps of a file in a bind mount", Label("files"), Ordered, ContinueOnFailure, func() {
	var pair *pair
	BeforeAll(func(ctx SpecContext) { pair = newPair(ctx, sandbox.New(ctx)) })

	It("of a container keep a program of the host from taking them", claims.Decides("contract-locks/host-sees-locks-of-containers"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(pair.container).NotTo(BeNil())
			for _, kind := range pair.kinds {
				g.Expect(pair.inside(ctx, fileops.Open(inside, kind, 0), fileops.Lock(kind, kind))).To(share.BeDone, kind)
				g.Expect(pair.outside(fileops.Open(pair.path, kind, 0), fileops.Lock(kind, kind))).To(HaveExactElements(done, refused), kind)
				g.Expect(pair.inside(ctx, fileops.Close(kind))).To(share.BeDone, kind)
				g.Expect(pair.outside(fileops.Lock(kind, kind), fileops.Close(kind))).To(share.BeDone, kind)
			}
		})
	})

	It("of the host keep a container from taking them", claims.Decides("contract-locks/containers-see-locks-of-the-host"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(pair.container).NotTo(BeNil())
			for _, kind := range pair.kinds {
				g.Expect(pair.outside(fileops.Open(pair.path, kind, 0), fileops.Lock(kind, kind))).To(share.BeDone, kind)
				g.Expect(pair.inside(ctx, fileops.Open(inside, kind, 0), fileops.Lock(kind, kind))).To(HaveExactElements(done, refused), kind)
				g.Expect(pair.outside(fileops.Close(kind))).To(share.BeDone, kind)
				g.Expect(pair.inside(ctx, fileops.Lock(kind, kind), fileops.Close(kind))).To(share.BeDone, kind)
			}
		})
	})

	It("show what the other side writes", claims.Decides("contract-locks/memory-map-and-host"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(pair.container).NotTo(BeNil())
			g.Expect(pair.inside(ctx, fileops.Map(inside, "map", 4), fileops.MapRead("map", 0, 4))).To(HaveExactElements(done, reads("text")))
			g.Expect(pair.outside(fileops.WriteAt(pair.path, 0, "host"))).To(share.BeDone)
			g.Expect(pair.inside(ctx, fileops.MapRead("map", 0, 4), fileops.MapWrite("map", 0, "CONT"))).To(HaveExactElements(reads("host"), done))
			g.Expect(pair.outside(fileops.Read(pair.path))).To(HaveExactElements(reads("CONT")))
		})
	})
})

// open writes a file and keeps it open under its path.
func open(file string) []fileops.Operation {
	return []fileops.Operation{fileops.AppendTo(file, "text"), fileops.Open(file, file, 0)}
}

// inside is the path of a pair's file in the container.
const inside = "/data/file"

// pair is a file of a bind mount with both of its sides.
type pair struct {
	container *sandbox.Container // nil if the engine does not have the file
	host      *sandbox.Host
	path      string   // on the host
	kinds     []string // of locks that both sides have
}

// newPair starts a container with a file of this machine.
func newPair(ctx SpecContext, box *sandbox.Box) *pair {
	GinkgoHelper()
	if runtime.GOOS == "windows" {
		Skip("needs a host with the locks and memory maps of POSIX, which Windows does not have")
	}
	directory := box.LocalDir(ctx).Write("file", "text").WorldWritable()
	p := &pair{share.Mounted(ctx, box, share.Bind(directory, "/data")), box.Host(), filepath.Join(directory.Path, "file"), []string{fileops.Flock, fileops.POSIX}}
	if runtime.GOOS == "linux" {
		p.kinds = append(p.kinds, fileops.OFD)
	}
	return p
}

func (p *pair) inside(ctx SpecContext, operations ...fileops.Operation) []fileops.Result {
	GinkgoHelper()
	return p.container.DoFiles(ctx, operations...)
}

func (p *pair) outside(operations ...fileops.Operation) []fileops.Result {
	return p.host.DoFiles(operations...)
}
