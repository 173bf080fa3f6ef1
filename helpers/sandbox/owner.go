package sandbox

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"

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
	line, _, _ := strings.Cut(b.Run(ctx, probe.Read("/proc/self/uid_map")).Stdout, "\n")
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "0" {
		Fail(fmt.Sprintf("/proc/self/uid_map in a container begins with %q, which maps no root", line))
	}
	uid, err := strconv.Atoi(words[1])
	b.must(err)
	return uid
}
