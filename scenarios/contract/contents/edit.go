package contents

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A file of a bind mount that the host has edited", Label("files"), func() {
	It("has its new contents, whole", claims.Decides("contract-contents/host-edit-is-never-torn"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.LocalDir(ctx).Write("file", "")
		container := share.Mounted(ctx, box, share.Bind(directory, "/data"))
		var read, written []string

		for edit, words := range []int{1, 100, 10, 10000, 2} {
			text := strings.Repeat(fmt.Sprintf("edit %d ", edit), words)
			if edit%2 == 0 {
				directory.Write("file", text)
			} else {
				directory.Replace("file", text)
			}
			written = append(written, text)
			if container != nil {
				// Many programs ask for a file's status before they read it. That may show it cut.
				read = append(read, string(container.DoFiles(ctx, fileops.Status("/data/file"), fileops.Read("/data/file"))[1].Data))
			}
		}

		claims.Holds(ctx, func(g Gomega) { g.Expect(read).To(Equal(written)) })
	})
})
