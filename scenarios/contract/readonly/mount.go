package readonly

import (
	"archive/tar"
	"bytes"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A volume that is mounted read-only", func() {
	It("shows what another container writes, and refuses every change", claims.Decides(
		"contract-readonly/one-writes-one-reads", "contract-readonly/volume-read-only",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		writer := box.Start(ctx, volume.At("/data"))
		writer.Probe(ctx, probe.Write("/data/file", "first"))
		reader := box.Start(ctx, volume.At("/data", "ro"))

		claims.Get(ctx, "contract-readonly/one-writes-one-reads").Holds(func(g Gomega) {
			g.Expect(writer.Probe(ctx, probe.Attempt(probe.Write("/data/file", "second")))).To(ExitZero())
			g.Expect(reader.Probe(ctx, probe.Read("/data/file"))).To(Print("second"))
		})
		claims.Get(ctx, "contract-readonly/volume-read-only").Holds(func(g Gomega) {
			g.Expect(reader.DoFiles(ctx, changes("/data/new", "/data/file")...)).To(refuse)
			g.Expect(reader.Probe(ctx, probe.List("/data"))).To(Print("file"))
		})
	})

	It("is one of --volumes-from with :ro", claims.Decides("contract-readonly/volumes-from-read-only"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		first := box.Start(ctx, box.Volume(ctx).At("/one"), box.Volume(ctx).At("/other"))
		first.Probe(ctx, probe.Write("/one/file", "text"))
		first.Probe(ctx, probe.Write("/other/file", "text"))
		second := box.Start(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{first.ID + ":ro"} })

		claims.Holds(ctx, func(g Gomega) {
			for _, path := range []string{"/one", "/other"} {
				g.Expect(second.Probe(ctx, probe.Read(path+"/file"))).To(Print("text"))
				g.Expect(second.DoFiles(ctx, changes(path+"/new", path+"/file")...)).To(refuse, path)
			}
		})
		Expect(first.DoFiles(ctx, fileops.Write("/one/file", "text"), fileops.Write("/other/file", "text"))).To(beDone)
	})
})

// copyIn copies the file copied.txt into directories of a container, as `docker cp` does.
func copyIn(ctx SpecContext, box *sandbox.Box, container *sandbox.Container, directories []string) (replies []engine.Reply) {
	GinkgoHelper()
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	Expect(writer.WriteHeader(&tar.Header{Name: "copied.txt", Mode: 0o644, Size: 4})).To(Succeed())
	_, err := writer.Write([]byte("text"))
	Expect(err).NotTo(HaveOccurred())
	Expect(writer.Close()).To(Succeed())
	for _, directory := range directories {
		reply, err := box.Engine().Request(ctx, "", "PUT", "/containers/"+container.ID+"/archive?path="+directory, archive.String())
		Expect(err).NotTo(HaveOccurred())
		box.Did(evidence.Step{Did: "docker cp copied.txt " + container.Name + ":" + directory, Saw: reply.String()})
		replies = append(replies, reply)
	}
	return replies
}
