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

// What the docker CLI prints before it prunes.
const (
	warning  = "WARNING! This will remove all local volumes not used by at least one container.\n"
	question = "Are you sure you want to continue? [y/N] "
)

// deletedMyData leaves room for what else a disposable engine had.
const deletedMyData = `Deleted Volumes:\n(?:.+\n)*my-data\n(?:.+\n)*\nTotal reclaimed space: `

// since23 is the API of Docker 23.0, which prunes anonymous volumes only.
const since23 = "1.42"

var _ = Describe("docker volume prune", Label("volumes"), func() {
	It("warns of removing all local volumes", claims.Decides("volumes/prune-warns"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)

		claims.Holds(ctx, func(g Gomega) { g.Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(warning)) })
	})

	It("warns of what it is going to remove", claims.Corrects("volumes/prune-warns"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)
		if !box.Speaks(since23) {
			Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(warning))
			Skip("the corrected text says that it is about Docker 23.0 and later: this engine or its docker CLI is older")
		}

		claims.Corrected(ctx, func(g Gomega, text string) {
			_, shown, _ := strings.Cut(text, "```\n")
			g.Expect(box.DockerPrune(ctx, "n\n").Stdout).To(HavePrefix(shown + "\n"))
		})
		Expect(box.DockerPrune(ctx, "n\n", "--all").Stdout).To(HavePrefix(warning))
	})

	It("asks, and takes nothing but yes for yes", claims.Decides("volumes/prune", "volumes/prune-asks"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.UnnamedVolume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			for _, typed := range []string{"n\n", "\n", "perhaps\n", ""} {
				g.Expect(box.DockerPrune(ctx, typed).Stdout).To(And(ContainSubstring(question), Not(ContainSubstring("Deleted"))), "answered %q", typed)
			}
			g.Expect(box.HasVolume(ctx, volume)).To(BeTrue())
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(ContainSubstring(question))
			g.Expect(box.HasVolume(ctx, volume)).To(BeFalse())
		})
	})

	It("prints that it deleted the named volume", claims.Decides("volumes/prune-deletes-my-data"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(ContainSubstring(question + "Deleted Volumes:\n" + volume.Name + "\n\n"))
			g.Expect(box.HasVolume(ctx, volume)).To(BeFalse())
		})
	})

	It("prints the names of what it deleted and the space that this gave back", claims.Decides("volumes/prune-tells-the-space"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.UnnamedVolume(ctx)
		box.Run(ctx, probe.Fill(data+"/model.bin", 124_000_000), volume.At(data)).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			answer := box.DockerPrune(ctx, "", "--force")
			g.Expect(answer).To(Print("Deleted Volumes:\n" + volume.Name + "\n\nTotal reclaimed space: 124MB"))
		})
	})

	It("prints that nothing was given back where nothing was deleted", claims.Corrects("volumes/prune-deletes-my-data"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.Create(ctx, box.UnnamedVolume(ctx).At(data))

		claims.Corrected(ctx, func(g Gomega, text string) {
			g.Expect(box.DockerPrune(ctx, "y\n").Stdout).To(HaveSuffix(question + text + "\n"))
			g.Expect(box.DockerPrune(ctx, "", "--force")).To(Print("Total reclaimed space: 0B"))
		})
	})
})

var _ = Describe("docker volume prune on a disposable engine", Label("volumes", "engine-wide"), Serial, func() {
	It("treats the lesson's own volume as the lesson says", claims.Decides(
		"volumes/prune-removes-all-unused", "volumes/prune-deletes-my-data",
	), func(ctx SpecContext) {
		box := lessonsBox(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(box.DockerPruneEverything(ctx, "y\n").Stdout).To(MatchRegexp(deletedMyData)) })
	})

	It("keeps the lesson's own volume, and names it with --all", func(ctx SpecContext) {
		box := lessonsBox(ctx)
		if box.Facts().PrunesNamedByDefault() {
			Skip("this engine prunes named volumes without being asked")
		}

		Expect(box.DockerPruneEverything(ctx, "y\n").Stdout).NotTo(ContainSubstring("my-data"))
		Expect(box.DockerPruneEverything(ctx, "y\n", "--all").Stdout).To(MatchRegexp(deletedMyData))
	})
})

// lessonsBox has the lesson's volume, by the lesson's name, and an engine on
// which that is allowed.
func lessonsBox(ctx SpecContext) *sandbox.Box {
	GinkgoHelper()
	box := sandbox.New(ctx)
	box.NeedsDisposable("an unfiltered prune takes volumes that are not the suite's")
	box.NeedsCLI(ctx, since23)
	box.AdoptVolume("my-data")
	Expect(box.Docker(ctx, "volume", "create", "my-data")).To(Print("my-data"))
	return box
}
