package drivers

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/plugin"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A volume of a plugin", Serial, Label("engine-wide"), func() {
	It("is asked for once, and mounted and unmounted in pairs", claims.Decides(
		"contract-drivers/plugin-is-asked-once", "contract-drivers/plugin-mounts-in-pairs", "contract-drivers/plugin-scope", "contract-drivers/plugin-lost-volume",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		driver := &driver{directory: box.Volume(ctx).Inspect(ctx).Mountpoint}
		by := madeBy(plugin.Serve(ctx, box, driver))
		volume, lost := box.Volume(ctx, by), box.Volume(ctx, by)
		container := box.Start(ctx, volume.At(data))
		Expect(container.DoFiles(ctx, fileops.Write(file, text))).To(HaveEach(HaveField("Errno", "")))
		container.Stop(ctx).Start(ctx).Stop(ctx).Remove(ctx)
		scope := volume.Inspect(ctx).Scope
		Expect(volume.Remove(ctx)).To(Succeed())
		driver.lose(lost.Name)
		removed, after := api.Do(ctx, box, "DELETE /volumes/"+lost.Name+"?force=1"), api.Do(ctx, box, "GET /volumes/"+lost.Name)

		claims.Get(ctx, "contract-drivers/plugin-is-asked-once").Holds(func(g Gomega) {
			g.Expect(driver.requests("create " + volume.Name)).To(HaveLen(1))
			g.Expect(driver.requests("remove " + volume.Name)).To(HaveLen(1))
		})
		mounted, unmounted := driver.requests("mount "+volume.Name+" "), driver.requests("unmount "+volume.Name+" ")
		claims.Get(ctx, "contract-drivers/plugin-mounts-in-pairs").Holds(func(g Gomega) {
			g.Expect(mounted).To(And(HaveLen(2), Not(HaveEach(mounted[0]))))
			g.Expect(unmounted).To(Equal(mounted))
		})
		claims.Get(ctx, "contract-drivers/plugin-scope").Holds(func(g Gomega) { g.Expect(scope).To(Equal("global")) })
		claims.Get(ctx, "contract-drivers/plugin-lost-volume").Holds(func(g Gomega) {
			g.Expect(removed).To(HaveField("Status", 204))
			g.Expect(after).To(HaveField("Status", 404))
		})
		if box.Facts().Name == "podman" {
			Expect(append(mounted, unmounted...)).To(And(HaveLen(4), HaveEach(mounted[0])))
			Expect(scope).To(Equal("local"))
			Expect([]int{removed.Status, after.Status}).To(Equal([]int{500, 404}), "removed with an error")
		}
	})

	// This plugin closes each connection without an answer. Of one that refuses connections, Docker waits 15 seconds for
	// each request, as it does for a list of all volumes in either case.
	It("is out of reach while the plugin is dead, and others are not", claims.Decides("contract-drivers/plugin-down"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		local := box.Volume(ctx)
		driver := &driver{directory: local.Inspect(ctx).Mountpoint}
		name := plugin.Serve(ctx, box, driver)
		volume := box.Volume(ctx, madeBy(name))
		container := box.Create(ctx, volume.At(data))
		driver.die(true)
		DeferCleanup(driver.die, false)
		inspected := api.Do(ctx, box, "GET /volumes/"+volume.Name)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Try(func() { container.Start(ctx) })).NotTo(Succeed())
			g.Expect(create(ctx, box, api.Object{"Driver": name}).Status).To(BeNumerically(">=", 400))
			g.Expect(inspected.Status).To(BeNumerically(">=", 400))

			g.Expect(api.Do(ctx, box, "GET /volumes/"+local.Name)).To(HaveField("Status", 200))
			g.Expect(box.RunFiles(ctx, []fileops.Operation{fileops.Write(file, text)}, local.At(data))).To(HaveEach(HaveField("Errno", "")))
			g.Expect(create(ctx, box, api.Object{})).To(HaveField("Status", 201))
		})
		if box.Facts().Name == "podman" {
			Expect(inspected).To(HaveField("Status", 200), "the plugin is not asked")
			Expect(box.Try(func() { container.Start(ctx) })).NotTo(Succeed())
		}
	})
})

// madeBy creates a volume with a driver.
func madeBy(driver string) func(*engine.VolumeSpec) {
	return func(spec *engine.VolumeSpec) { spec.Driver = driver }
}
