package drivers

import (
	"fmt"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Docker looks 15 seconds for a driver that it does not have: this goes first,
// so that other specs run meanwhile.
var _ = Describe("The lesson's other drivers", Ordered, ContinueOnFailure, Label("drivers"), SpecPriority(1), func() {
	var found map[string]sandbox.Attempt

	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		found = box.TryDrivers(ctx, "nfs", "smb", "aws-ec2", "gce-docker", "azure")
		skipInstalled(box, found)
	})

	DescribeTable("come with the engine, and work",
		func(ctx SpecContext, driver string) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(found[driver]).To(haveMade(driver)) })
		},
		Entry("nfs", claims.Decides("drivers/nfs"), "nfs"),
		Entry("smb", claims.Decides("drivers/smb"), "smb"),
		Entry("aws-ec2", claims.Decides("drivers/aws-ec2"), "aws-ec2"),
		Entry("gce-docker", claims.Decides("drivers/gce-docker"), "gce-docker"),
		Entry("azure", claims.Decides("drivers/azure"), "azure"),
	)

	It("are rather refused, and the data is kept nowhere else", func(SpecContext) {
		for _, attempt := range found {
			Expect(attempt.Err).To(MatchError(ContainSubstring("plugin")))
		}
	})
})

func haveMade(driver string) OmegaMatcher {
	return WithTransform(sandbox.Attempt.String, Equal("a volume of driver "+driver))
}

// skipInstalled skips the spec where somebody has installed a plugin of such a
// name on an engine of their own: what the engine brings along cannot be seen there.
func skipInstalled(box *sandbox.Box, found map[string]sandbox.Attempt) {
	GinkgoHelper()
	for driver, attempt := range found {
		if attempt.Driver == driver && !box.Facts().Disposable {
			Skip(fmt.Sprintf("this engine has a volume plugin named %s, which somebody installed", driver))
		}
	}
}
