// Package volumes covers the contract's promises about volumes: created, used, listed,
// removed, and counted.
package volumes

import (
	"maps"
	"path"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	data = "/data"
	file = data + "/file.txt"
	text = "kept"

	// anonymous is the label of volumes without a name.
	anonymous = "com.docker.volume.anonymous"
)

var _ = Describe("A volume that is created", func() {
	It("is local, lies in the engine's data directory, and is listed once", Label("quick"), claims.Decides(
		"contract-volumes/local-by-default", "contract-volumes/data-directory", "contract-volumes/listed-once",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		name := box.AdoptVolume(box.Name("volume")).Name

		reply := api.Do(ctx, box, "POST /volumes/create", api.Object{"Name": name, "Labels": box.Labels()})

		created := withoutEmpty(api.Decode[api.Object](reply))
		claims.Get(ctx, "contract-volumes/local-by-default").Holds(func(g Gomega) {
			g.Expect(created).To(And(HaveKeyWithValue("Driver", "local"), HaveKeyWithValue("Scope", "local")))
		})
		claims.Get(ctx, "contract-volumes/data-directory").Holds(func(g Gomega) {
			g.Expect(created).To(HaveKeyWithValue("Mountpoint", path.Join(box.Facts().DataRoot, "volumes", name, "_data")))
		})
		claims.Get(ctx, "contract-volumes/listed-once").Holds(func(g Gomega) {
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(name))
			g.Expect(withoutEmpty(api.Decode[api.Object](api.Do(ctx, box, "GET /volumes/"+name)))).To(Equal(created))
		})
	})

	It("gets a random name and a label if it has no name", Label("quick"), claims.Decides(
		"contract-volumes/unnamed-gets-64-hex-digits", "contract-volumes/unnamed-is-labelled",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		one, other := unnamed(ctx, box), unnamed(ctx, box)

		claims.Get(ctx, "contract-volumes/unnamed-gets-64-hex-digits").Holds(func(g Gomega) {
			g.Expect(one.Name).To(MatchRegexp("^[0-9a-f]{64}$"))
			g.Expect(other.Name).NotTo(Equal(one.Name))
		})
		labels := other.Inspect(ctx).Labels
		claims.Get(ctx, "contract-volumes/unnamed-is-labelled").Holds(func(g Gomega) { g.Expect(labels).To(HaveKey(anonymous)) })
		Expect(labels).To(HaveKeyWithValue("holdfast.run", box.Labels()["holdfast.run"]))
	})

	It("gets the label if a container asks for it in Mounts", Label("quick"), claims.Decides("contract-volumes/unnamed-mount-is-labelled"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Create(ctx, sandbox.Mount(engine.Mount{Type: "volume", Target: data, Labels: box.Labels()}))

		volume := container.Inspect(ctx).Mounts[0].Name
		labels := api.Decode[engine.Volume](api.Do(ctx, box, "GET /volumes/"+volume)).Labels

		Expect(volume).To(MatchRegexp("^[0-9a-f]{64}$"))
		claims.Holds(ctx, func(g Gomega) { g.Expect(labels).To(HaveKey(anonymous)) })
	})

	It("is the existing one if the name is taken", claims.Decides(
		"contract-volumes/same-name-returns-the-existing", "contract-volumes/same-name-keeps-labels-and-options",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		container.DoFiles(ctx, fileops.Write(file, text))
		before := withoutEmpty(api.Decode[api.Object](api.Do(ctx, box, "GET /volumes/"+volume.Name)))

		reply := api.Do(ctx, box, "POST /volumes/create", api.Object{
			"Name": volume.Name, "Labels": api.Object{"other": "label"}, "DriverOpts": api.Object{"type": "tmpfs", "device": "tmpfs"}})

		claims.Get(ctx, "contract-volumes/same-name-returns-the-existing").Holds(func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", 201))
			g.Expect(api.Decode[api.Object](reply)).To(HaveKeyWithValue("Mountpoint", before["Mountpoint"]))
			g.Expect(container.Probe(ctx, probe.Read(file))).To(Print(text))
		})
		claims.Get(ctx, "contract-volumes/same-name-keeps-labels-and-options").Holds(func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", 201))
			g.Expect(withoutEmpty(api.Decode[api.Object](api.Do(ctx, box, "GET /volumes/"+volume.Name)))).To(Equal(before))
		})
	})

	It("keeps its CreatedAt when its files change", claims.Decides("contract-volumes/created-at-stays"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		before := volume.Inspect(ctx).CreatedAt

		// CreatedAt counts seconds: the files change in more than one of them.
		claims.Holds(ctx, func(g Gomega) {
			g.Consistently(ctx, func() string {
				container.DoFiles(ctx, fileops.Write(file, text), fileops.SetTimes(file, 1e18), fileops.SetTimes(data, 1e18))
				return volume.Inspect(ctx).CreatedAt
			}, 1200*time.Millisecond, 400*time.Millisecond).Should(Equal(before))
		})
	})
})

// withoutEmpty removes what is empty: an engine may say null or {}.
func withoutEmpty(object api.Object) api.Object {
	maps.DeleteFunc(object, func(_ string, value any) bool {
		inner, isObject := value.(api.Object)
		return value == nil || isObject && len(inner) == 0
	})
	return object
}

// unnamed creates an anonymous volume with the sandbox's labels.
func unnamed(ctx SpecContext, box *sandbox.Box) *sandbox.Volume {
	GinkgoHelper()
	reply := api.Do(ctx, box, "POST /volumes/create", api.Object{"Labels": box.Labels()})
	return box.AdoptVolume(api.Decode[engine.Volume](reply).Name)
}
