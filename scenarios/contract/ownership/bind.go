package ownership

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A bind mount", Label("files"), func() {
	It("whose source the engine created is not writable to a user who is not root", claims.Decides("contract-ownership/created-bind-source-is-roots"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, box.Dir(ctx).File("missing").At("/data"), user("1000"))

		results := container.DoFiles(ctx, fileops.Write("/data/file", "text"))

		claims.Holds(ctx, func(g Gomega) { g.Expect(results).To(denied) })
		if box.Facts().Sharing == "sshfs" {
			Expect(results).To(share.BeDone)
		}
	})
})

var _ = Describe("On the host, a file in a bind mount", Label("files"), Ordered, ContinueOnFailure, func() {
	var box *sandbox.Box
	var ids string // the container's uid_map
	var owner func(name string) fileops.Result
	BeforeAll(func(ctx SpecContext) {
		if runtime.GOOS == "windows" {
			Skip("needs a host on which users are numbers")
		}
		box = sandbox.New(ctx)
		directory, host := box.LocalDir(ctx).WorldWritable(), box.Host()
		if container := share.Mounted(ctx, box, share.Bind(directory, "/data")); container != nil {
			results := container.DoFiles(ctx, fileops.Read("/proc/self/uid_map"), fileops.Write("/data/root", "text"), fileops.Write("/data/user", "text").By(1000, 1000))
			ids = string(results[0].Data)
		}
		owner = func(name string) fileops.Result {
			return host.DoFiles(fileops.Status(filepath.Join(directory.Path, name)))[0]
		}
	})

	It("belongs to the user who stands for the container's root", claims.Decides("contract-ownership/files-of-containers-root"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(owner("root")).To(HaveField("Stat.UID", box.Facts().RootUser)) })
	})

	It("belongs to the user who stands for the container's user", claims.Decides("contract-ownership/files-of-containers-users"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(owner("user")).To(HaveField("Stat.UID", hostUser(ids, 1000))) })
		if box.Facts().Sharing == "sshfs" {
			Expect(owner("user")).To(HaveField("Stat.UID", os.Getuid()))
		}
	})
})

// hostUser returns the user of the engine's host that stands for a container's user, from
// the container's uid_map. It is -1 for a user who has none.
func hostUser(uidMap string, user int) int {
	for line := range strings.Lines(uidMap) {
		var numbers [3]int
		for i, word := range strings.Fields(line) {
			numbers[i], _ = strconv.Atoi(word)
		}
		if inside, outside, count := numbers[0], numbers[1], numbers[2]; user >= inside && user < inside+count {
			return outside + user - inside
		}
	}
	return -1
}
