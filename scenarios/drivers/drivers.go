// Package drivers covers volume drivers: the one that an engine includes, and
// those that it does not.
package drivers

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// mebibyte is the size that `size=1m` sets, in bytes.
const mebibyte = 1 << 20

var _ = Describe("The driver local", Label("drivers"), func() {
	It("is the default for volumes and for mounts that create one", claims.Decides("drivers/default-is-local", "drivers/local"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		unasked := box.Volume(ctx)
		inPassing := box.AdoptVolume(box.Name("volume"))
		user := box.Create(ctx, sandbox.Mount(engine.Mount{Type: "volume", Source: inPassing.Name, Target: "/app", Labels: box.Labels()}))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(unasked.Inspect(ctx)).To(HaveField("Driver", "local"))
			g.Expect(inPassing.Exists(ctx)).To(BeTrue())
			g.Expect(inPassing.Inspect(ctx)).To(HaveField("Driver", "local"))
			g.Expect(user.Inspect(ctx).Mounts).To(ConsistOf(And(HaveField("Name", inPassing.Name), HaveField("Driver", "local"))))
		})
	})

	It("stores its volumes' files on the host", claims.Decides("drivers/stores-on-the-host", "drivers/local"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx, local(nil))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Attempt(probe.Write("/app/embeddings.db", "vectors")), volume.At("/app"))).To(ExitZero())
			g.Expect(box.Run(ctx, probe.Read("/host/embeddings.db"), storage(ctx, volume))).To(Print("vectors"))
		})
	})

	It("mounts what its options say, such as a tmpfs with a size limit", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		memory := map[string]string{"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
		quota, err := claims.ParseConstraint("podman < 4.8")
		Expect(err).NotTo(HaveOccurred())
		if quota.On(box.Facts()) { // Podman issue 20449: it takes any size for a disk quota
			err := box.Try(func() { box.Volume(ctx, local(memory)) })
			Expect(err).To(MatchError(ContainSubstring("Filesystem does not support Project Quota")))
			return
		}
		volume := box.Volume(ctx, local(memory))

		user := box.Start(ctx, volume.At("/app"))

		shown := maps.Clone(memory)
		if box.Facts().Name == "podman" {
			shown["SIZE"] = "1m" // Podman repeats what it parsed from `o`
		}
		Expect(volume.Inspect(ctx).Options).To(Equal(shown))
		Expect(user.Probe(ctx, probe.Statfs("/app"))).To(PrintJSON[probe.FileSystem](And(
			HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(mebibyte)),
		)))
	})

	It("mounts NFS through options", claims.Corrects("drivers/nfs"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		claims.Corrected(ctx, func(g Gomega, text string) {
			share, options := typed(ctx, g, box, text, "device=:/models", "o=addr=192.0.2.1,ro")
			g.Expect(share.Inspect(ctx)).To(And(HaveField("Driver", "local"), HaveField("Options", options)))
			g.Expect(options).To(HaveKeyWithValue("type", "nfs"))
		})
	})

	It("mounts Windows shares through options", claims.Corrects("drivers/smb"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		claims.Corrected(ctx, func(g Gomega, text string) {
			share, options := typed(ctx, g, box, text, "device=//192.0.2.1/models", "o=addr=192.0.2.1,username=student")
			g.Expect(share.Inspect(ctx)).To(And(HaveField("Driver", "local"), HaveField("Options", options)))
			g.Expect(options).To(HaveKeyWithValue("type", "cifs"))
		})
	})
})

// row matches the start of a row of the corrected table: the driver and the option that it needs.
var row = regexp.MustCompile("^\\| \\*\\*(\\w+)\\*\\* with `--opt (type=\\w+)` \\|")

// typed creates a volume as a row of the corrected table says, with the other options that a share needs.
func typed(ctx SpecContext, g Gomega, box *sandbox.Box, correction string, more ...string) (*sandbox.Volume, map[string]string) {
	GinkgoHelper()
	says := row.FindStringSubmatch(correction)
	g.Expect(says).NotTo(BeNil(), "no driver with an option in %q", correction)
	volume, options := box.AdoptVolume(box.Name("volume")), map[string]string{}
	words := append([]string{"volume", "create", "--driver", says[1]}, box.LabelFlags()...)
	for _, option := range append([]string{says[2]}, more...) {
		key, value, _ := strings.Cut(option, "=")
		options[key] = value
		words = append(words, "--opt", option)
	}
	g.Expect(box.Docker(ctx, append(words, volume.Name)...)).To(Print(volume.Name))
	return volume, options
}

// Docker looks for a missing driver for 15 s: this runs first, so that other
// specs run in the meantime.
var _ = Describe("The lesson's other drivers", Ordered, ContinueOnFailure, Label("drivers"), SpecPriority(1), func() {
	var found map[string]attempt

	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		found = create(ctx, box, "nfs", "smb", "aws-ec2", "gce-docker", "azure")
		skipInstalled(box, found)
	})

	DescribeTable("are included in the engine and work",
		func(ctx SpecContext, driver string) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(found[driver]).To(haveMade(driver)) })
		},
		Entry("nfs", claims.Decides("drivers/nfs"), "nfs"),
		Entry("smb", claims.Decides("drivers/smb"), "smb"),
		Entry("aws-ec2", claims.Decides("drivers/aws-ec2"), "aws-ec2"),
		Entry("gce-docker", claims.Decides("drivers/gce-docker"), "gce-docker"),
		Entry("azure", claims.Decides("drivers/azure"), "azure"),
	)

	It("are refused, and no volume is created instead", func(SpecContext) {
		for _, attempt := range found {
			Expect(attempt.err).To(MatchError(ContainSubstring("plugin")))
		}
	})
})

func haveMade(driver string) OmegaMatcher {
	return WithTransform(attempt.String, Equal("a volume of driver "+driver))
}

// skipInstalled skips the spec where the user has installed a plugin with such a
// name: whether the engine includes it cannot be observed there.
func skipInstalled(box *sandbox.Box, found map[string]attempt) {
	GinkgoHelper()
	for driver, attempt := range found {
		if attempt.driver == driver && !box.Facts().Disposable {
			Skip(fmt.Sprintf("this engine has a volume plugin named %s that was installed later", driver))
		}
	}
}
