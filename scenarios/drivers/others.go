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
var _ = Describe("The lesson's other drivers", Label("drivers"), SpecPriority(1), func() {
	It("come with the engine", func(ctx SpecContext) {
		box := sandbox.New(ctx)

		found := box.TryDrivers(ctx, "nfs", "smb", "aws-ec2", "gce-docker", "azure")
		skipInstalled(box, found)

		claims.Get("drivers/nfs").Holds(func(g Gomega) { g.Expect(found["nfs"]).To(haveMade("nfs")) })
		claims.Get("drivers/smb").Holds(func(g Gomega) { g.Expect(found["smb"]).To(haveMade("smb")) })
		claims.Get("drivers/aws-ec2").Holds(func(g Gomega) { g.Expect(found["aws-ec2"]).To(haveMade("aws-ec2")) })
		claims.Get("drivers/gce-docker").Holds(func(g Gomega) { g.Expect(found["gce-docker"]).To(haveMade("gce-docker")) })
		claims.Get("drivers/azure").Holds(func(g Gomega) { g.Expect(found["azure"]).To(haveMade("azure")) })

		By("or rather are refused, and the data is kept nowhere else")
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
