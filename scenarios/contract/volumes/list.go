package volumes

import (
	"context"
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A list of volumes", Label("quick"), func() {
	It("is filtered by use, name, driver and label", claims.Decides(
		"contract-volumes/filter-dangling", "contract-volumes/filter-name", "contract-volumes/filter-driver", "contract-volumes/filter-label",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		used, unused := box.Volume(ctx).Name, box.Volume(ctx).Name
		box.Create(ctx, api.Volume(used, data))
		spec := box.Labels()["holdfast.spec"]

		for _, c := range []struct {
			claim, filter, value string
			want                 []string
		}{
			{"contract-volumes/filter-dangling", "dangling", "true", []string{unused}},
			{"contract-volumes/filter-dangling", "dangling", "false", []string{used}},
			{"contract-volumes/filter-name", "name", used, []string{used}},
			{"contract-volumes/filter-name", "name", used[3 : len(used)-3], []string{used}},
			{"contract-volumes/filter-name", "name", used + "-other", nil},
			{"contract-volumes/filter-driver", "driver", "local", []string{used, unused}},
			{"contract-volumes/filter-driver", "driver", "holdfast-missing", nil},
			{"contract-volumes/filter-label", "label", "holdfast.spec", []string{used, unused}},
			{"contract-volumes/filter-label", "label", "holdfast.spec=" + spec, []string{used, unused}},
			{"contract-volumes/filter-label", "label", "holdfast.spec=" + spec + "0", nil},
			{"contract-volumes/filter-label", "label", "holdfast.missing", nil},
		} {
			claims.Get(ctx, c.claim).Holds(func(g Gomega) {
				g.Expect(listed(ctx, box, c.filter, c.value, used, unused)).To(ConsistOf(c.want), "%s=%s", c.filter, c.value)
			})
		}
	})
})

// listed returns the names of the sandbox's volumes, or of the given ones, that the engine lists with a filter.
func listed(ctx context.Context, box *sandbox.Box, filter, value string, names ...string) (found []string) {
	GinkgoHelper()
	if len(names) == 0 {
		names = box.VolumeNames(ctx)
	}
	list := api.Decode[struct{ Volumes []engine.Volume }](api.Do(ctx, box, "GET /volumes?"+api.Filters(filter, value)))
	for _, volume := range list.Volumes {
		if slices.Contains(names, volume.Name) {
			found = append(found, volume.Name)
		}
	}
	return found
}
