package population

import (
	"path"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/images"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A volume that holds files", func() {
	It("hides the image's files, and is not filled again", claims.Decides(
		"contract-population/newer-image-does-not-refresh", "contract-population/populated-obscures-the-image",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		filled, own := box.Volume(ctx), box.Volume(ctx)
		box.Run(ctx, probe.Write("/own/own.txt", text), filled.At(probe.Seed), own.At("/own"))

		container := box.Start(ctx, image(ctx, box), filled.At(probe.Seed), own.At(full))

		claims.Get(ctx, "contract-population/newer-image-does-not-refresh").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List(probe.Seed))).To(Print("seed.txt"))
		})
		claims.Get(ctx, "contract-population/populated-obscures-the-image").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List(full))).To(Print("own.txt"))
		})
	})
})

var _ = Describe("A bind mount over a directory of the image", func() {
	It("hides it and copies nothing", claims.Decides("contract-population/bind-never-copies", "contract-population/bind-obscures-the-image"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		source := box.Volume(ctx)
		directory := source.Inspect(ctx).Mountpoint // a directory that every engine has on its host
		box.RunFiles(ctx, []fileops.Operation{fileops.Mkdir("/source/empty", 0o777), fileops.Mkdir("/source/own", 0o777), fileops.Write("/source/own/own.txt", text)}, source.At("/source"))

		container := box.Start(ctx, image(ctx, box), bindOf(directory, "empty", full), bindOf(directory, "own", more))

		claims.Get(ctx, "contract-population/bind-never-copies").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List(full))).To(Print(""))
		})
		claims.Get(ctx, "contract-population/bind-obscures-the-image").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List(more))).To(Print("own.txt"))
		})
	})
})

var _ = Describe("The modes copy and nocopy", Label("quick"), func() {
	It("are refused for bind mounts and for --volumes-from", claims.Decides(
		"contract-population/copy-mode-refused-on-binds", "contract-population/copy-mode-refused-on-volumes-from",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		holder := box.Create(ctx, box.Volume(ctx).At(full))

		var binds, from []int
		for _, mode := range []string{"copy", "nocopy"} {
			binds = append(binds, create(ctx, box, api.Object{"Binds": []string{"/tmp:/bind:" + mode}}).Status)
			from = append(from, create(ctx, box, api.Object{"VolumesFrom": []string{holder.ID + ":" + mode}}).Status)
		}
		claims.Get(ctx, "contract-population/copy-mode-refused-on-binds").Holds(func(g Gomega) {
			g.Expect(binds).To(HaveEach(Or(Equal(400), Equal(500))))
		})
		claims.Get(ctx, "contract-population/copy-mode-refused-on-volumes-from").Holds(func(g Gomega) {
			g.Expect(from).To(HaveEach(Or(Equal(400), Equal(500))))
		})
		if box.Facts().Name == "podman" {
			Expect(binds).To(HaveEach(201))
		}
	})
})

var _ = Describe("Nested mounts", func() {
	It("leave what is below an image's VOLUME out of the volume around it", claims.Decides("contract-population/parent-does-not-cover-image-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, sandbox.Image(images.WithVolumes(ctx, box)), volume.At(images.Parent), volume.At("/whole"))
		nameless := api.AnonymousVolume(ctx, box, container, images.Child)

		container.DoFiles(ctx, fileops.Write(images.Parent+"/outside.txt", text), fileops.Write(images.Child+"/inside.txt", text))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List("/whole"))).To(Print("child\noutside.txt"))
			g.Expect(container.Probe(ctx, probe.List("/whole/child"))).To(Print(""))
			g.Expect(box.Run(ctx, probe.List(data), api.Volume(nameless, data))).To(Print("inside.txt"))
		})
	})

	// As Postgres 18 did, the image has moved its data directory, and the volume is still mounted at the old one.
	It("leave behind what is beside a volume below an image's VOLUME", claims.Decides("contract-population/image-volume-around-a-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		options := []sandbox.Option{sandbox.Image(images.WithVolumes(ctx, box)), box.Volume(ctx).At(images.Declared + "/old")}
		first := box.Start(ctx, options...)
		api.AnonymousVolume(ctx, box, first, images.Declared)
		api.AnonymousVolume(ctx, box, first, images.Child)
		first.DoFiles(ctx, fileops.Write(images.Declared+"/old/file.txt", text), fileops.Write(images.Declared+"/moved.txt", text))
		first.Stop(ctx).Remove(ctx)

		second := box.Start(ctx, options...)
		api.AnonymousVolume(ctx, box, second, images.Declared)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(second.Probe(ctx, probe.List(images.Declared+"/old"))).To(Print("file.txt"))
			g.Expect(second.Probe(ctx, probe.List(images.Declared))).To(Print("declared.txt\nold"))
		})
	})

	It("can be given in any order, and are separate", claims.Decides("contract-population/parents-mount-first", "contract-population/nested-volume-is-separate"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		parent, child, other, otherChild := box.Volume(ctx), box.Volume(ctx), box.Volume(ctx), box.Volume(ctx)
		container := box.Start(ctx,
			child.At("/short/child"), parent.At("/short"), parent.At("/whole"), child.At("/part"),
			api.Volume(otherChild.Name, "/long/child"), api.Volume(other.Name, "/long"), api.Volume(otherChild.Name, "/otherpart"))

		container.DoFiles(ctx, fileops.Write("/short/child/file.txt", text), fileops.Write("/long/child/file.txt", text))

		claims.Get(ctx, "contract-population/parents-mount-first").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List("/part"))).To(Print("file.txt"), "-v")
			g.Expect(container.Probe(ctx, probe.List("/otherpart"))).To(Print("file.txt"), "--mount")
		})
		claims.Get(ctx, "contract-population/nested-volume-is-separate").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.List("/whole"))).To(Print("child"))
			g.Expect(container.Probe(ctx, probe.List("/whole/child"))).To(Print(""))
		})
	})
})

// data is where a container mounts a volume to look into it.
const data = "/data"

func nocopy(volume, target string) sandbox.Option {
	return sandbox.Mount(engine.Mount{Type: "volume", Source: volume, Target: target, NoCopy: true})
}

func bindOf(directory, name, target string) sandbox.Option {
	return sandbox.Mount(engine.Mount{Type: "bind", Source: path.Join(directory, name), Target: target})
}

// create asks for a container with a host configuration, and removes it if the engine creates one.
func create(ctx SpecContext, box *sandbox.Box, host api.Object) engine.Reply {
	GinkgoHelper()
	reply := api.Do(ctx, box, "POST /containers/create?name="+box.Name("container"), api.Object{"Image": box.ProbeImage(), "Labels": box.Labels(), "HostConfig": host})
	if reply.Status == 201 {
		id := api.Decode[struct{ ID string }](reply).ID
		DeferCleanup(func(ctx SpecContext) error { return box.Engine().RemoveContainer(ctx, id, true, true) })
	}
	return reply
}
