package drivers

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Each entry is the options of a local volume, and the status of the engines that deviate.
var _ = DescribeTable("A local volume is refused", Label("quick"),
	func(ctx SpecContext, options api.Object, actually int) {
		box := sandbox.New(ctx)

		reply := create(ctx, box, api.Object{"DriverOpts": options})

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", 400))
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
		Expect(reply.Status).To(Or(Equal(400), Equal(actually)))
	},
	Entry("with an option that the driver does not know", claims.Decides("contract-drivers/unknown-option-refused"),
		api.Object{"type": "tmpfs", "device": "tmpfs", "holdfast": "unknown"}, 500),
	Entry("with a type and no device", claims.Decides("contract-drivers/incomplete-options-refused"), api.Object{"type": "tmpfs"}, 201),
	Entry("with a device and no type", claims.Decides("contract-drivers/incomplete-options-refused"), api.Object{"device": "/tmp"}, 201),
)

var _ = Describe("A local volume with a size", Label("quick"), func() {
	It("is refused without quotas", claims.Decides("contract-drivers/size-without-quota-refused"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		reply := create(ctx, box, api.Object{"DriverOpts": api.Object{"size": "1m"}})

		if reply.Status == 201 && sizeOf(ctx, box, api.Decode[engine.Volume](reply).Name) == mebibyte {
			Skip("the engine's file system has quotas: the volume has its size")
		}
		claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 400)) })
		Expect(reply.Status).To(BeElementOf(400, 201))
	})
})

var _ = Describe("A cluster volume", Label("quick"), func() {
	It("needs a Swarm manager", claims.Decides("contract-drivers/cluster-volume-needs-manager"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		info := api.Decode[struct {
			Swarm struct{ ControlAvailable bool }
		}](api.Do(ctx, box, "GET /info"))
		if info.Swarm.ControlAvailable {
			Skip("the engine is a Swarm manager")
		}

		reply := create(ctx, box, api.Object{"ClusterVolumeSpec": api.Object{"AccessMode": api.Object{"Scope": "single", "Sharing": "none", "MountVolume": api.Object{}}}})

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", 503))
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
		if reply.Status == 201 {
			Expect(api.Decode[api.Object](reply)).To(And(HaveKeyWithValue("Driver", "local"), HaveKeyWithValue("Scope", "local")))
		}
	})
})

var _ = Describe("The size of a container", Label("quick"), func() {
	It("limits its layer and not its volume, or is refused", claims.Decides("contract-drivers/container-size-spares-volumes"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		more := func(path string) fileops.Operation { return fileops.Generate(path, 1, 20*mebibyte) }

		reply, container := api.Create(ctx, box, api.Object{"Binds": []string{box.Volume(ctx).Name + ":" + data}, "StorageOpt": api.Object{"size": "16m"}})

		if container == nil {
			claims.Holds(ctx, func(g Gomega) { g.Expect(reply.Status).To(BeNumerically(">=", 400)) })
			return
		}
		results := container.Start(ctx).ExecFiles(ctx, more(file), more("/layer"))
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(results[0]).To(HaveField("Errno", ""), "the volume")
			g.Expect(results[1]).To(HaveField("Errno", BeElementOf("ENOSPC", "EDQUOT")), "the layer")
		})
		if box.Facts().Snapshotter {
			Expect(results).To(HaveEach(HaveField("Errno", "")))
		}
	})
})

// sizeOf returns the size of the file system of a volume, or 0 if no container starts with it.
func sizeOf(ctx SpecContext, box *sandbox.Box, volume string) (size int64) {
	GinkgoHelper()
	_ = box.Try(func() { // Podman finds out at the start that it has no quotas
		results := box.RunFiles(ctx, []fileops.Operation{fileops.FreeSpace(data)}, api.Volume(volume, data))
		if results[0].FS != nil {
			size = results[0].FS.Total
		}
	})
	return size
}

// create requests a volume, which is removed with the sandbox.
func create(ctx SpecContext, box *sandbox.Box, request api.Object) engine.Reply {
	GinkgoHelper()
	name := box.AdoptVolume(box.Name("volume")).Name
	request["Name"], request["Labels"] = name, box.Labels()
	return api.Do(ctx, box, "POST /volumes/create", request)
}
