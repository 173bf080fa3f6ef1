package prune

import (
	"context"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/images"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A prune of volumes", func() {
	It("removes unused anonymous volumes, and no named or used ones", Label("quick"), claims.Decides(
		"contract-prune/prune-removes-anonymous", "contract-prune/prune-keeps-named", "contract-prune/prune-spares-used",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		named, used, nameless, usedNameless := box.Volume(ctx).Name, box.Volume(ctx), create(ctx, box, nil), create(ctx, box, nil)
		box.Create(ctx, used.At(data), api.Volume(usedNameless, "/nameless"))

		removed := pruned(ctx, box, "")

		claims.Get(ctx, "contract-prune/prune-removes-anonymous").Holds(func(g Gomega) {
			g.Expect(removed).To(ContainElement(nameless))
			g.Expect(exists(ctx, box, nameless)).To(BeFalse())
		})
		claims.Get(ctx, "contract-prune/prune-spares-used").Holds(func(g Gomega) {
			g.Expect(removed).NotTo(ContainElements(used.Name, usedNameless))
			g.Expect(box.VolumeNames(ctx)).To(ContainElements(used.Name, usedNameless))
		})
		claims.Get(ctx, "contract-prune/prune-keeps-named").Holds(func(g Gomega) { g.Expect(exists(ctx, box, named)).To(BeTrue()) })
		Expect(exists(ctx, box, named)).To(Equal(!box.Facts().PrunesNamedByDefault()), "older engines remove it")
	})

	It("removes named volumes with all=true", Label("quick"), claims.Decides("contract-prune/prune-all-includes-named"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		named := box.Volume(ctx).Name

		reply := prune(ctx, box, "", "all", "true")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", 200))
			g.Expect(exists(ctx, box, named)).To(BeFalse())
		})
		if box.Facts().PrunesNamedByDefault() {
			Expect(reply.Status).To(Or(Equal(400), Equal(500)), "older engines refuse the filter")
		}
	})

	It("removes named volumes for a client of API 1.41", Label("quick"), claims.Decides("contract-prune/prune-of-old-clients-takes-named"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		named := box.Volume(ctx).Name
		if reply := api.DoAs(ctx, box, "1.41", "GET /volumes/"+named); reply.Status == 400 {
			Skip("the engine no longer speaks API 1.41: " + reply.Body)
		}

		removed := pruned(ctx, box, "1.41")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(removed).To(ConsistOf(named))
			g.Expect(exists(ctx, box, named)).To(BeFalse())
		})
	})

	It("spares volumes with driver options", Label("quick"), claims.Decides("contract-prune/prune-spares-volumes-with-options"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		optioned, plain := create(ctx, box, api.Object{"type": "tmpfs", "device": "tmpfs"}), create(ctx, box, nil)

		removed := pruned(ctx, box, "")

		Expect(removed).To(ContainElement(plain))
		claims.Holds(ctx, func(g Gomega) { g.Expect(exists(ctx, box, optioned)).To(BeTrue()) })
		Expect(exists(ctx, box, optioned)).To(Equal(!slices.Contains(removed, optioned)), "the reply names what was removed")
	})

	It("takes only what has the label of its filter, and spares that of label!", Label("quick"), claims.Decides(
		"contract-prune/prune-by-label", "contract-prune/prune-by-missing-label",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		one, other := create(ctx, box, nil, "one"), create(ctx, box, nil, "other")

		labelled := pruned(ctx, box, "", "label", colourOf(box, "one"))
		claims.Get(ctx, "contract-prune/prune-by-label").Holds(func(g Gomega) {
			g.Expect(labelled).To(ConsistOf(one))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other))
		})
		third := create(ctx, box, nil, "third")
		spared := pruned(ctx, box, "", "label!", colourOf(box, "other"))
		claims.Get(ctx, "contract-prune/prune-by-missing-label").Holds(func(g Gomega) {
			g.Expect(spared).To(ConsistOf(third))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other))
		})
		if box.Facts().Name == "podman" {
			Expect(spared).To(ConsistOf(third, other))
		}
	})

	It("is refused with the filter until or name", Label("quick"), claims.Decides("contract-prune/prune-refuses-other-filters"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := create(ctx, box, nil)

		until, byName := prune(ctx, box, "", "until", "1h"), prune(ctx, box, "", "name", volume)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(until).To(HaveField("Status", 400))
			g.Expect(byName).To(HaveField("Status", 400))
			g.Expect(exists(ctx, box, volume)).To(BeTrue())
		})
		if box.Facts().Name == "podman" {
			Expect(until).To(HaveField("Status", 200))
			Expect(byName).To(HaveField("Status", 500))
		}
	})

	It("takes the volumes that an image's VOLUME asked for", Serial, Label("engine-wide"), claims.Decides("contract-prune/prune-takes-volumes-of-images"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("these volumes have no label to prune by")
		container := box.Create(ctx, sandbox.Image(images.WithVolumes(ctx, box)))
		volume := api.AnonymousVolume(ctx, box, container, images.Declared)
		container.Remove(ctx)

		reply := api.Do(ctx, box, "POST /volumes/prune")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.Decode[report](reply).VolumesDeleted).To(ContainElement(volume))
			g.Expect(exists(ctx, box, volume)).To(BeFalse())
		})
	})
})

var _ = Describe("docker system prune", Serial, Label("engine-wide"), func() {
	It("removes no volume without --volumes, and then no named one", claims.Decides(
		"contract-prune/system-prune-keeps-volumes", "contract-prune/system-prune-volumes-keeps-named",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it also removes containers, networks, images and the build cache")
		named, nameless := box.Volume(ctx).Name, create(ctx, box, nil)
		exit := 0
		if box.Facts().Name == "podman" {
			exit = 1 // after all else, as Podman has no build cache to prune
		}
		systemPrune := func(options ...string) sandbox.Answer {
			return box.Docker(ctx, append([]string{"system", "prune", "--force", "--filter", box.Filter()}, options...)...)
		}

		claims.Get(ctx, "contract-prune/system-prune-keeps-volumes").Holds(func(g Gomega) {
			g.Expect(systemPrune()).To(HaveField("ExitCode", exit))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(named, nameless))
		})
		claims.Get(ctx, "contract-prune/system-prune-volumes-keeps-named").Holds(func(g Gomega) {
			g.Expect(systemPrune("--volumes")).To(HaveField("ExitCode", exit))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(named))
		})
		if box.Facts().PrunesNamedByDefault() {
			Expect(box.VolumeNames(ctx)).To(BeEmpty(), "older engines remove the named one")
		}
	})
})

type report struct{ VolumesDeleted []string }

// create creates an anonymous volume with the sandbox's labels, with driver options and a colour.
func create(ctx context.Context, box *sandbox.Box, options api.Object, colour ...string) string {
	GinkgoHelper()
	labels := box.Labels()
	if len(colour) > 0 {
		labels["holdfast.colour"] = strings.TrimPrefix(colourOf(box, colour[0]), "holdfast.colour=")
	}
	reply := api.Do(ctx, box, "POST /volumes/create", api.Object{"Labels": labels, "DriverOpts": options})
	return box.AdoptVolume(api.Decode[engine.Volume](reply).Name).Name
}

// colourOf returns the label of the sandbox's volumes with a colour.
func colourOf(box *sandbox.Box, colour string) string {
	return "holdfast.colour=" + box.Labels()["holdfast.spec"] + "-" + colour
}

// pruned prunes the sandbox's volumes, with further filters or those with another label, and returns the names of what was removed.
func pruned(ctx context.Context, box *sandbox.Box, version string, filters ...string) []string {
	GinkgoHelper()
	reply := prune(ctx, box, version, filters...)
	Expect(reply).To(HaveField("Status", 200))
	return api.Decode[report](reply).VolumesDeleted
}

// prune is pruned for a request that may be refused. It waits for the prunes of other specs.
func prune(ctx context.Context, box *sandbox.Box, version string, filters ...string) (reply engine.Reply) {
	GinkgoHelper()
	if !slices.Contains(filters, "label") {
		filters = append(filters, "label", strings.TrimPrefix(box.Filter(), "label="))
	}
	Eventually(ctx, func() int {
		reply = api.DoAs(ctx, box, version, "POST /volumes/prune?"+api.Filters(filters...))
		return reply.Status
	}, "20s", "50ms").ShouldNot(Equal(409), "the engine refuses a prune while another is at work")
	return reply
}
