// Package subpath covers the contract's promises about mounts of a part of a volume, and of images.
package subpath

import (
	"context"
	"errors"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A subpath of a volume", func() {
	It("is a directory, a file, or a link to them", claims.Decides(
		"contract-subpath/directory", "contract-subpath/file", "contract-subpath/link-inside",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, _ := filled(ctx, box)
		container, err := started(ctx, box, part(volume, "part", "/part"), part(volume, "part/file", "/file"), part(volume, "inside", "/link"))
		Expect(err).NotTo(HaveOccurred())

		for _, c := range []struct{ claim, file string }{
			{"contract-subpath/directory", "/part/file"}, {"contract-subpath/file", "/file"}, {"contract-subpath/link-inside", "/link/file"},
		} {
			claims.Get(ctx, c.claim).Holds(func(g Gomega) { g.Expect(container.Exec(ctx, probe.Read(c.file))).To(Print("part")) })
		}
	})

	It("shows nothing of the rest of the volume", claims.Decides("contract-subpath/not-the-whole-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, _ := filled(ctx, box)
		container, err := started(ctx, box, part(volume, "part", "/data"))
		Expect(err).NotTo(HaveOccurred())

		names := container.Exec(ctx, probe.List("/data"))

		claims.Holds(ctx, func(g Gomega) { g.Expect(names).To(Print("file")) })
		Expect(names).To(Or(Print("file"), Print("inside\noutside\npart\nwhole")))
	})

	DescribeTable("is refused", Label("quick"),
		func(ctx SpecContext, mount api.Object) {
			box := sandbox.New(ctx)
			if mount["Source"] != nil {
				mount["Source"] = box.Volume(ctx).Name
			}

			reply, _ := api.Create(ctx, box, api.Object{"Mounts": []api.Object{mount}})

			claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 400)) })
			Expect(reply.Status).To(BeElementOf(400, 201))
		},
		Entry("if it is absolute", claims.Decides("contract-subpath/escape-refused"), part("", "/part", "/data")),
		Entry("if it leads out of the volume", claims.Decides("contract-subpath/escape-refused"), part("", "../part", "/data")),
		Entry("if the volume has no name", claims.Decides("contract-subpath/anonymous-refused"),
			api.Object{"Type": "volume", "Target": "/data", "VolumeOptions": api.Object{"Subpath": "part"}}),
	)

	It("keeps a container from starting if it is missing, or a link out of the volume", claims.Decides(
		"contract-subpath/link-outside-refused", "contract-subpath/missing-refused",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, writer := filled(ctx, box)

		_, outside := started(ctx, box, part(volume, "outside", "/data"))
		_, missing := started(ctx, box, part(volume, "missing", "/data"))

		claims.Get(ctx, "contract-subpath/link-outside-refused").Holds(func(g Gomega) { g.Expect(outside).To(HaveOccurred()) })
		claims.Get(ctx, "contract-subpath/missing-refused").Holds(func(g Gomega) {
			g.Expect(missing).To(HaveOccurred())
			g.Expect(writer.Probe(ctx, probe.Stat("/volume/missing"))).To(FailWith(probe.ENOENT))
		})
	})

	It("that is a file can be mounted over a file of the image", claims.Decides("contract-subpath/file-over-image-file"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, _ := filled(ctx, box)

		container, err := started(ctx, box, part(volume, "part/file", probe.Seed+"/seed.txt"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.Exec(ctx, probe.Read(probe.Seed+"/seed.txt"))).To(Print("part"))
		})
	})
})

// part is a mount of a subpath of a volume.
func part(volume, subpath, target string) api.Object {
	return api.Object{"Type": "volume", "Source": volume, "Target": target, "VolumeOptions": api.Object{"Subpath": subpath}}
}

// filled creates a volume with a directory, a file, a link to the directory and one out of
// the volume. The container has all of it at /volume.
func filled(ctx SpecContext, box *sandbox.Box) (volume string, writer *sandbox.Container) {
	GinkgoHelper()
	created := box.Volume(ctx)
	writer = box.Start(ctx, created.At("/volume"))
	Expect(writer.DoFiles(ctx, fileops.Mkdir("/volume/part", 0o755), fileops.Write("/volume/part/file", "part"), fileops.Write("/volume/whole", "whole"),
		fileops.Symlink("part", "/volume/inside"), fileops.Symlink("/tmp", "/volume/outside"))).To(HaveEach(HaveField("Errno", "")))
	return created.Name, writer
}

// started starts a container with the mounts. The error is the engine's refusal to create or
// to start it.
func started(ctx context.Context, box *sandbox.Box, mounts ...api.Object) (*sandbox.Container, error) {
	GinkgoHelper()
	reply, container := api.Create(ctx, box, api.Object{"Mounts": mounts})
	if container == nil {
		return nil, errors.New(reply.String())
	}
	return container, box.Try(func() { container.Start(ctx) })
}
