package ephemeral

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A container whose program has ended", Label("ephemeral"), func() {
	It("lets docker exec read its files", claims.Decides("ephemeral/exec-command"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		ended := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) {
			answer, err := ended.TryExec(ctx, probe.Read(log))
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(answer).To(Print("Container started"))
		})
	})

	It("refuses docker exec because it is not running", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		ended := box.Run(ctx, probe.Append(log, started))

		_, err := ended.TryExec(ctx, probe.Read(log))

		Expect(err).To(MatchError(sayNotRunning()))
	})

	It("says that a new container's log does not exist", claims.Decides("ephemeral/file-not-found-in-new-container"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.Run(ctx, probe.Append(log, started)).Remove(ctx)
		second := box.Run(ctx, probe.Append(log, started))

		claims.Holds(ctx, func(g Gomega) {
			answer, err := second.TryExec(ctx, probe.Read(log))
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(answer).To(FailWith(probe.ENOENT))
		})
	})
})

// sayNotRunning succeeds for the refusal in Docker's words or Podman's.
func sayNotRunning() OmegaMatcher {
	return Or(ContainSubstring("is not running"), ContainSubstring("can only create exec sessions on running containers"))
}
