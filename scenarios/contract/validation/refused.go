// Package validation covers what the engine refuses when a container is created.
package validation

import (
	"encoding/json"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Each entry is a HostConfig, with VOLUME and OTHER for volumes, the statuses that the
// contract promises, and the status of the engines that deviate.
var _ = DescribeTable("A container is refused", Label("quick"),
	func(ctx SpecContext, host string, promised, actually []int) {
		box := sandbox.New(ctx)
		volume, other := box.AdoptVolume(box.Name("volume")).Name, box.AdoptVolume(box.Name("other")).Name
		var config api.Object
		Expect(json.Unmarshal([]byte(strings.NewReplacer("VOLUME", volume, "OTHER", other).Replace(host)), &config)).To(Succeed())

		reply, _ := api.Create(ctx, box, config)

		claims.Holds(ctx, func(g Gomega) { g.Expect(reply.Status).To(BeElementOf(promised)) })
		Expect(reply.Status).To(BeElementOf(append(promised, actually...)))
	},
	Entry("if two -v have the same target", claims.Decides("contract-validation/duplicate-target"),
		`{"Binds": ["VOLUME:/data", "OTHER:/data"]}`, badRequest, serverError),
	Entry("if two --mount have the same target", claims.Decides("contract-validation/duplicate-target"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME", "Target": "/data"}, {"Type": "tmpfs", "Target": "/data"}]}`, badRequest, serverError),
	Entry("if a -v and a --mount have the same target", claims.Decides("contract-validation/duplicate-target"),
		`{"Binds": ["VOLUME:/data"], "Mounts": [{"Type": "volume", "Source": "OTHER", "Target": "/data"}]}`, badRequest, serverError),
	Entry("if two targets of -v differ only in a final slash", claims.Decides("contract-validation/duplicate-target-by-another-spelling"),
		`{"Binds": ["VOLUME:/data", "OTHER:/data/"]}`, anyRefusal, nil),
	Entry("if two targets of --mount differ only in slashes", claims.Decides("contract-validation/duplicate-target-by-another-spelling"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME", "Target": "/data"}, {"Type": "volume", "Source": "OTHER", "Target": "//data/"}]}`, anyRefusal, nil),
	Entry("if the target is the root", claims.Decides("contract-validation/root-target"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME", "Target": "/"}]}`, badRequest, created),
	Entry("if the target is relative", claims.Decides("contract-validation/relative-target"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME", "Target": "data"}]}`, badRequest, serverError),
	Entry("if there is no target", claims.Decides("contract-validation/missing-target"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME"}]}`, badRequest, serverError),
	Entry("if a volume has the options of a bind mount", claims.Decides("contract-validation/options-of-another-type"),
		`{"Mounts": [{"Type": "volume", "Source": "VOLUME", "Target": "/data", "BindOptions": {"Propagation": "rprivate"}}]}`, badRequest, created),
	Entry("if a bind mount has the options of a volume", claims.Decides("contract-validation/options-of-another-type"),
		`{"Mounts": [{"Type": "bind", "Source": "/", "Target": "/data", "ReadOnly": true, "VolumeOptions": {"NoCopy": true}}]}`, badRequest, created),
	Entry("if a tmpfs has a source", claims.Decides("contract-validation/tmpfs-with-a-source"),
		`{"Mounts": [{"Type": "tmpfs", "Source": "/tmp", "Target": "/data"}]}`, badRequest, serverError),
	Entry("if a bind mount has no source", claims.Decides("contract-validation/bind-without-a-source"),
		`{"Mounts": [{"Type": "bind", "Target": "/data"}]}`, badRequest, serverError),
	Entry("if the type is unknown", claims.Decides("contract-validation/unknown-type"),
		`{"Mounts": [{"Type": "holdfast", "Source": "VOLUME", "Target": "/data"}]}`, badRequest, serverError),
	Entry("if the mode is unknown", claims.Decides("contract-validation/unknown-mode"), `{"Binds": ["VOLUME:/data:bogus"]}`, anyRefusal, nil),
	Entry("if modes contradict", claims.Decides("contract-validation/unknown-mode"), `{"Binds": ["VOLUME:/data:ro,rw"]}`, anyRefusal, nil),
	Entry("if the container of --volumes-from does not exist", claims.Decides("contract-validation/volumes-from-missing"),
		`{"VolumesFrom": ["holdfast-missing"]}`, badRequest, serverError),
	Entry("if a volume without a name is read-only", claims.Decides("contract-validation/read-only-anonymous-mount"),
		`{"Mounts": [{"Type": "volume", "Target": "/data", "ReadOnly": true}]}`, badRequest, created),
)

// Statuses of the engine's reply.
var (
	badRequest  = []int{400}
	serverError = []int{500}
	created     = []int{201}
	anyRefusal  = []int{400, 500}
)

var _ = Describe("A refused container", Label("quick"), func() {
	It("leaves neither a container nor an anonymous volume", claims.Decides("contract-validation/refused-leaves-nothing"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		anonymous := api.Object{"Type": "volume", "Target": "/first", "VolumeOptions": api.Object{"Labels": box.Labels()}}

		for _, host := range []api.Object{
			{"Mounts": []api.Object{anonymous, {"Type": "holdfast", "Target": "/second"}}},
			{"Mounts": []api.Object{anonymous}, "VolumesFrom": []string{"holdfast-missing"}},
			{"Mounts": []api.Object{anonymous}, "Binds": []string{"holdfast-never:/second:bogus"}},
		} {
			containers, volumes := refused(ctx, box, host)
			claims.Holds(ctx, func(g Gomega) { g.Expect(append(containers, volumes...)).To(BeEmpty()) })
		}
		containers, _ := refused(ctx, box, api.Object{"Mounts": []api.Object{anonymous, anonymous}})
		claims.Holds(ctx, func(g Gomega) { g.Expect(containers).To(BeEmpty()) })
	})
})

// refused requests a container that the engine refuses, and returns what that left behind.
// It is removed when the spec ends.
func refused(ctx SpecContext, box *sandbox.Box, host api.Object) (containers, volumes []string) {
	GinkgoHelper()
	reply, _ := api.Create(ctx, box, host)
	Expect(reply.Status).To(BeElementOf(anyRefusal))
	volumes = box.VolumeNames(ctx)
	for _, name := range volumes {
		Expect(box.AdoptVolume(name).Remove(ctx)).To(Succeed())
	}
	found, err := box.Engine().ListContainers(ctx, strings.TrimPrefix(box.Filter(), "label="))
	Expect(err).NotTo(HaveOccurred())
	for _, container := range found {
		containers = append(containers, container.Name)
		Expect(box.Engine().RemoveContainer(ctx, container.ID, true, true)).To(Succeed())
	}
	return containers, volumes
}

var _ = Describe("A container with the volumes of two others", func() {
	It("has those of the last one where they have the same target", claims.Decides("contract-validation/last-volumes-from-wins"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		one, other := box.Volume(ctx), box.Volume(ctx)
		first, second := box.Start(ctx, one.At("/data"), one.At("/first")), box.Start(ctx, other.At("/data"))
		first.Probe(ctx, probe.Write("/data/file", "first"))
		second.Probe(ctx, probe.Write("/data/file", "second"))

		third := box.Start(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{first.ID, second.ID} })

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(third.Probe(ctx, probe.Read("/data/file"))).To(Print("second"))
			g.Expect(third.Probe(ctx, probe.Read("/first/file"))).To(Print("first"))
		})
	})
})
