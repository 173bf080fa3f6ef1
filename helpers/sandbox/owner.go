package sandbox

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Owner is the number of the user whom a file of the folder belongs to, on the
// host. The spec is skipped where the engine's kernel is not this machine's:
// what shares the files between both decides then.
func (d *Dir) Owner(name string) int {
	GinkgoHelper()
	if runtime.GOOS != "linux" || d.box.Facts().Desktop {
		Skip("needs an engine on this machine's own kernel: whom the files of a shared folder belong to is not the engine's doing elsewhere")
	}
	uid, err := owner(filepath.Join(d.Path, name))
	d.box.must(err)
	d.box.did(evidence.Step{Did: "on the host: stat " + name, Saw: fmt.Sprintf("it belongs to user %d", uid)})
	return uid
}

// RootOnHost is the number that a container's root has on the engine's host:
// 0, the engine's own user where it is rootless, or one of a remapped range.
func (b *Box) RootOnHost(ctx context.Context) int {
	GinkgoHelper()
	uid, err := run.RootUser(b.Run(ctx, probe.Read("/proc/self/uid_map")).Stdout)
	b.must(err)
	return uid
}

// give makes files and folders those of the rootless engine's user, as what
// that user makes would be. Elsewhere they stay as they are.
func (d *Dir) give(name string) {
	GinkgoHelper()
	user := d.box.run.FileOwner
	if user == 0 {
		return
	}
	d.box.must(filepath.WalkDir(filepath.Join(d.Path, name), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, user, -1)
	}))
}
