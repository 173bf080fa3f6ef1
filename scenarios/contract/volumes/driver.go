package volumes

import (
	"errors"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/plugin"

	"github.com/docker/go-plugins-helpers/volume"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A volume of another driver", Serial, Label("engine-wide"), func() {
	It("does not take a name that is taken", claims.Decides("contract-volumes/same-name-other-driver-conflicts"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		name, driver := box.Volume(ctx).Name, "holdfast-missing"
		if box.Facts().Name == "docker" {
			driver = plugin.Serve(ctx, box, none{})
		}

		reply := api.Do(ctx, box, "POST /volumes/create", api.Object{"Name": name, "Driver": driver, "Labels": box.Labels()})

		claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 409)) })
		if reply.Status == 201 {
			Expect(api.Decode[api.Object](reply)).To(HaveKeyWithValue("Driver", "local"), "the existing one")
		}
	})
})

// none is a driver without volumes.
type none struct{}

var errNone = errors.New("no such volume")

func (none) Create(*volume.CreateRequest) error                        { return nil }
func (none) Remove(*volume.RemoveRequest) error                        { return errNone }
func (none) Unmount(*volume.UnmountRequest) error                      { return errNone }
func (none) List() (*volume.ListResponse, error)                       { return &volume.ListResponse{}, nil }
func (none) Get(*volume.GetRequest) (*volume.GetResponse, error)       { return nil, errNone }
func (none) Path(*volume.PathRequest) (*volume.PathResponse, error)    { return nil, errNone }
func (none) Mount(*volume.MountRequest) (*volume.MountResponse, error) { return nil, errNone }
func (none) Capabilities() *volume.CapabilitiesResponse {
	return &volume.CapabilitiesResponse{Capabilities: volume.Capability{Scope: "local"}}
}
