package volumes

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// field matches the keys of the object that inspect prints, but not those of its maps.
var field = regexp.MustCompile(`(?m)^ {8}"(\w+)": `)

var _ = Describe("docker volume inspect", Label("volumes"), func() {
	It("prints a list of one object with the seven fields in order", claims.Decides(
		"volumes/inspect", "volumes/inspect-prints-seven-fields",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			answer := box.Docker(ctx, "volume", "inspect", volume.Name)
			g.Expect(answer).To(ExitZero())
			g.Expect(answer.Stdout).To(And(HavePrefix("[\n    {\n"), HaveSuffix("\n    }\n]\n")))
			var names []string
			for _, found := range field.FindAllStringSubmatch(answer.Stdout, -1) {
				names = append(names, found[1])
			}
			g.Expect(names).To(HaveExactElements("CreatedAt", "Driver", "Labels", "Mountpoint", "Name", "Options", "Scope"))
		})
	})

	It("returns the seven fields and no others", claims.Decides("volumes/inspect", "volumes/inspect-prints-seven-fields"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			names := slices.Collect(maps.Keys(volume.Inspect(ctx).Raw))
			g.Expect(names).To(ConsistOf("CreatedAt", "Driver", "Labels", "Mountpoint", "Name", "Options", "Scope"))
		})
	})

	It("shows the name, the driver and the scope", claims.Decides(
		"volumes/inspect", "volumes/inspect-name", "volumes/inspect-driver", "volumes/inspect-scope",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Inspect(ctx).Raw).To(And(
				HaveKeyWithValue("Name", volume.Name), HaveKeyWithValue("Driver", "local"), HaveKeyWithValue("Scope", "local")))
			g.Expect(other.Inspect(ctx).Raw).To(HaveKeyWithValue("Name", other.Name))
		})
	})

	It("shows when the volume was created", claims.Decides("volumes/inspect-created-at"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		// The engine's clock counts, which may differ from this machine's.
		later, err := time.Parse(time.RFC3339, box.Start(ctx).Inspect(ctx).StartedAt)
		Expect(err).NotTo(HaveOccurred())

		claims.Holds(ctx, func(g Gomega) {
			created, err := time.Parse(time.RFC3339, volume.Inspect(ctx).CreatedAt)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(created).To(BeTemporally("<=", later))
			g.Expect(created).To(BeTemporally("~", later, time.Minute))
		})
	})

	It("shows the same time after files were written, since Docker 23.0", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		before := volume.Inspect(ctx).CreatedAt
		created, err := time.Parse(time.RFC3339, before)
		Expect(err).NotTo(HaveOccurred())
		writer := box.Start(ctx, volume.At(data))

		writeUntil(ctx, writer, created.Add(time.Second))

		if box.Facts().Name == "docker" && !box.Facts().Speaks(since23) {
			Expect(volume.Inspect(ctx).CreatedAt).NotTo(Equal(before), "older releases show the time of the last change")
			return
		}
		Expect(volume.Inspect(ctx).CreatedAt).To(Equal(before))
	})

	It("shows unset labels and options as empty maps", claims.Decides("volumes/inspect-labels", "volumes/inspect-options"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx, sandbox.Unlabelled)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Inspect(ctx).Raw).To(And(HaveKeyWithValue("Labels", map[string]any{}), HaveKeyWithValue("Options", map[string]any{})))
		})
	})

	It("shows unset labels and options as null, since Docker 23.0", claims.Corrects(
		"volumes/inspect-labels", "volumes/inspect-options",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, since23)
		if box.Facts().Name != "docker" || !box.Facts().Speaks(since23) {
			Skip("the corrected text is about Docker 23.0 and later")
		}
		volume := box.AdoptVolume(box.Name("volume"))
		Expect(box.Docker(ctx, "volume", "create", volume.Name)).To(ExitZero())
		labels := lines(sandbox.Answer{Result: engine.Result{Stdout: claims.Correction(ctx)}})

		claims.Corrected(ctx, func(g Gomega, _ string) {
			shown := lines(box.Docker(ctx, "volume", "inspect", volume.Name))
			g.Expect(shown).To(ContainElements(labels[len(labels)-1]+",", "        "+claims.Get(ctx, "volumes/inspect-options").Correction()+","))
		})
	})

	It("shows the labels and options that were set, and no others", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		options := map[string]string{"type": "tmpfs", "device": "tmpfs"}

		bare, full := box.Volume(ctx, sandbox.Unlabelled).Inspect(ctx), box.Volume(ctx, func(spec *engine.VolumeSpec) { spec.Options = options }).Inspect(ctx)

		Expect(full).To(And(HaveField("Labels", box.Labels()), HaveField("Options", options)))
		Expect(bare).To(And(HaveField("Labels", BeEmpty()), HaveField("Options", BeEmpty())))
		if box.Facts().Name == "docker" {
			Expect(bare.Raw).To(And(HaveKeyWithValue("Labels", BeNil()), HaveKeyWithValue("Options", BeNil())))
		}
	})
})

var _ = Describe("A volume's Mountpoint", Label("volumes"), func() {
	It("is a directory below the engine's data root, named after the volume", claims.Decides("volumes/inspect-mountpoint"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Inspect(ctx).Mountpoint).To(Equal(path.Join(box.Facts().DataRoot, "volumes", volume.Name, "_data")))
		})
	})

	It("holds the volume's files on the engine's host", claims.Decides("volumes/mountpoint-shows-where"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it mounts a directory of the engine's host")
		volume := box.Volume(ctx)
		stored := sandbox.Mount(engine.Mount{Type: "bind", Source: volume.Inspect(ctx).Mountpoint, Target: data})
		inside := box.Start(ctx, volume.At(data))
		inside.Probe(ctx, probe.Write(important, text))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Try(func() { box.Create(ctx, stored) })).To(Succeed())
			outside := box.Start(ctx, stored)
			g.Expect(outside.Probe(ctx, probe.Read(important))).To(Print(text))
			outside.Probe(ctx, probe.Append(important, " and more"))
			g.Expect(inside.Probe(ctx, probe.Read(important))).To(Print(text + " and more"))
		})
	})

	It("is inside the virtual machine of Docker Desktop", claims.Decides("volumes/desktop-hides-the-mountpoint"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if !box.Facts().Desktop {
			Skip("needs Docker Desktop, whose engine runs inside a virtual machine")
		}
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			_, err := os.Stat(volume.Inspect(ctx).Mountpoint)
			g.Expect(err).To(HaveOccurred())
		})
	})
})

// writeUntil writes files until the modification time of their directory reaches a
// time. An engine may show that time in whole seconds.
func writeUntil(ctx SpecContext, writer *sandbox.Container, reached time.Time) {
	GinkgoHelper()
	Eventually(ctx, func() sandbox.Answer {
		writer.Probe(ctx, probe.Write(important, text))
		writer.Probe(ctx, probe.Unlink(important))
		return writer.Probe(ctx, probe.Stat(data))
	}).WithTimeout(5 * time.Second).WithPolling(200 * time.Millisecond).
		Should(PrintJSON[probe.Status](HaveField("Mtime", BeNumerically(">=", reached.UnixNano()))))
}
