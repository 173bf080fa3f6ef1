package sandbox

import (
	"io/fs"
	"os"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// Copy copies files, such as a project of the fixtures, into the folder.
func (d *Dir) Copy(files fs.FS) *Dir {
	GinkgoHelper()
	d.box.must(os.CopyFS(d.Path, files))
	d.give("")
	d.box.did(evidence.Step{Did: "on the host: copy files into " + d.Path, Saw: "done"})
	return d
}
