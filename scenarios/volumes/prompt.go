package volumes

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The prompt of docker volume prune.
const (
	warning  = "WARNING! This will remove all local volumes not used by at least one container.\n"
	question = "Are you sure you want to continue? [y/N] "
)

// deletedMyData allows for other volumes of a disposable engine.
const deletedMyData = `Deleted Volumes:\n(?:.+\n)*my-data\n(?:.+\n)*\nTotal reclaimed space: `

// since23 is the API version of Docker 23.0, which prunes only anonymous volumes by default.
const since23 = "1.42"

var _ = Describe("docker volume prune", Label("volumes"), func() {
	It("warns that it will remove all local volumes", claims.Decides("volumes/prune-warns"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)

		claims.Holds(ctx, func(g Gomega) { g.Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(warning)) })
	})

	It("warns about what it will remove", claims.Corrects("volumes/prune-warns"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)
		if !box.Facts().Speaks(since23) {
			Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(warning))
			Skip("the corrected text is about Docker 23.0 and later, and this engine or its docker CLI is older")
		}

		claims.Corrected(ctx, func(g Gomega, text string) {
			_, shown, _ := strings.Cut(text, "```\n")
			g.Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(shown + "\n"))
		})
		Expect(box.DockerPrune(ctx, "n\n", "--all").Stdout).To(HavePrefix(warning))
	})

	It("asks for confirmation, and only yes confirms", claims.Decides("volumes/prune", "volumes/prune-asks"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx, sandbox.Unnamed)

		claims.Holds(ctx, func(g Gomega) {
			for _, typed := range []string{"n\n", "\n", "perhaps\n", ""} {
				g.Expect(box.DockerPrune(ctx, typed).Stdout).To(And(ContainSubstring(question), Not(ContainSubstring("Deleted"))), "answered %q", typed)
			}
			g.Expect(volume.Exists(ctx)).To(BeTrue())
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(ContainSubstring(question))
			g.Expect(volume.Exists(ctx)).To(BeFalse())
		})
	})

	It("prints that it deleted the named volume", claims.Decides("volumes/prune-deletes-my-data"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(ContainSubstring(question + "Deleted Volumes:\n" + volume.Name + "\n\n"))
			g.Expect(volume.Exists(ctx)).To(BeFalse())
		})
	})

	It("prints the deleted volumes and the reclaimed space", claims.Decides("volumes/prune-tells-the-space"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx, sandbox.Unnamed)
		box.Run(ctx, probe.Fill(data+"/model.bin", 124_000_000), volume.At(data)).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			answer := box.DockerPrune(ctx, "", "--force")
			g.Expect(answer).To(Print("Deleted Volumes:\n" + volume.Name + "\n\nTotal reclaimed space: 124MB"))
		})
	})

	It("prints that no space was reclaimed where nothing was deleted", claims.Corrects("volumes/prune-deletes-my-data"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.Create(ctx, box.Volume(ctx, sandbox.Unnamed).At(data))

		claims.Corrected(ctx, func(g Gomega, text string) {
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(HaveSuffix(question + text + "\n"))
			g.Expect(box.DockerPrune(ctx, "", "--force")).To(Print("Total reclaimed space: 0B"))
		})
	})
})

var _ = Describe("docker volume prune on a disposable engine", Label("volumes", "engine-wide"), Serial, func() {
	It("deletes the lesson's volume, by its name", claims.Decides(
		"volumes/prune-removes-all-unused", "volumes/prune-deletes-my-data",
	), func(ctx SpecContext) {
		box := lessonsBox(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.DockerPrune(ctx, "y\n", sandbox.Unfiltered).Stdout).To(MatchRegexp(deletedMyData))
		})
	})

	It("keeps the lesson's volume, and deletes it with --all", func(ctx SpecContext) {
		box := lessonsBox(ctx)
		if box.Facts().PrunesNamedByDefault() {
			Skip("this engine prunes named volumes without --all")
		}

		Expect(box.DockerPrune(ctx, "y\n", sandbox.Unfiltered).Stdout).NotTo(ContainSubstring("my-data"))
		Expect(box.DockerPrune(ctx, "y\n", sandbox.Unfiltered, "--all").Stdout).To(MatchRegexp(deletedMyData))
	})
})

// lessonsBox returns a sandbox with the lesson's volume under the lesson's name, which
// only a disposable engine may have.
func lessonsBox(ctx SpecContext) *sandbox.Box {
	GinkgoHelper()
	box := sandbox.New(ctx)
	box.NeedsDisposable("an unfiltered prune deletes the user's own volumes")
	box.NeedsCLI(ctx, since23)
	box.AdoptVolume("my-data")
	Expect(box.Docker(ctx, "volume", "create", "my-data")).To(Print("my-data"))
	return box
}
