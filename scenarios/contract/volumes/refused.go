package volumes

import (
	"encoding/json"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var quick = Label("quick")

// Each entry is a request, its body with NAME and LABELS for the sandbox's own, the status
// that the contract promises, and the status of the engines that deviate.
var _ = DescribeTable("A request about volumes is refused",
	func(ctx SpecContext, request, body string, promised, actually int) {
		box := sandbox.New(ctx)
		labels, err := json.Marshal(box.Labels())
		Expect(err).NotTo(HaveOccurred())

		reply := api.Do(ctx, box, request, strings.NewReplacer("NAME", box.Name("volume"), "LABELS", string(labels)).Replace(body))
		adopt(box, reply)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(reply).To(HaveField("Status", promised))
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty(), "no volume may be created")
		})
		Expect(reply.Status).To(Or(Equal(promised), Equal(actually)))
	},
	// Docker waits 15 seconds for the driver.
	Entry("if the engine does not have the driver", SpecPriority(1), claims.Decides("contract-volumes/unknown-driver-is-refused"),
		"POST /volumes/create", `{"Name": "NAME", "Driver": "holdfast-missing", "Labels": LABELS}`, 404, 500),
	Entry("if the name has one character", quick, claims.Decides("contract-volumes/one-character-name-is-refused"),
		"POST /volumes/create", `{"Name": "h", "Labels": LABELS}`, 400, 201),
	Entry("if the name has a slash", quick, claims.Decides("contract-volumes/invalid-name-is-refused"),
		"POST /volumes/create", `{"Name": "NAME/part", "Labels": LABELS}`, 400, 500),
	Entry("if the name has a space", quick, claims.Decides("contract-volumes/invalid-name-is-refused"),
		"POST /volumes/create", `{"Name": "NAME part", "Labels": LABELS}`, 400, 500),
	Entry("if the name begins with a dash", quick, claims.Decides("contract-volumes/invalid-name-is-refused"),
		"POST /volumes/create", `{"Name": "-NAME", "Labels": LABELS}`, 400, 500),
	Entry("if the body is not JSON", quick, claims.Decides("contract-volumes/malformed-json-is-refused"),
		"POST /volumes/create", `{"Name": "NAME", "Labels": LABELS`, 400, 500),
	Entry("if the body goes on after the JSON object", quick, claims.Decides("contract-volumes/trailing-json-is-refused"),
		"POST /volumes/create", `{"Name": "NAME", "Labels": LABELS} {"Name": "NAME-2"}`, 400, 201),
	Entry("if it lists by an unknown filter", quick, claims.Decides("contract-volumes/unknown-filter-is-refused"),
		"GET /volumes?"+api.Filters("holdfast", "true"), "", 400, 500),
	Entry("if it lists by a value of dangling that is not a boolean", quick, claims.Decides("contract-volumes/invalid-filter-value-is-refused"),
		"GET /volumes?"+api.Filters("dangling", "perhaps"), "", 400, 500),
	Entry("if it removes a volume that does not exist", quick, claims.Decides("contract-volumes/missing-is-not-found"),
		"DELETE /volumes/holdfast-missing", "", 404, 404),
)

// adopt removes a volume that a request created with the sandbox's labels.
func adopt(box *sandbox.Box, reply engine.Reply) {
	var created struct {
		Name   string
		Labels map[string]string
	}
	if json.Unmarshal([]byte(reply.Body), &created) == nil && created.Labels["holdfast.spec"] == box.Labels()["holdfast.spec"] {
		box.AdoptVolume(created.Name)
	}
}
