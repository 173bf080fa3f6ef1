// Package tmpfs covers mounts that hold their data in memory.
package tmpfs

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's mount point, file and secret.
const (
	secrets = "/run/secrets"
	keyFile = secrets + "/api_key.txt"
	key     = "secret-api-key-12345"
)

// bulk is the size of a file, in bytes, that shows in the memory use of the engine's
// host. Other programs allocate and free memory at the same time, such as these specs
// on another engine; settling bounds the wait for an undisturbed measurement.
const (
	bulk     = 128 << 20
	settling = 5 * time.Second
)

var _ = Describe("A tmpfs mount", Label("tmpfs"), func() {
	It("is a tmpfs to the kernel, and holds a secret", claims.Decides(
		"tmpfs/run-with-tmpfs", "tmpfs/write-a-secret", "tmpfs/prints-the-secret",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(container.Probe(ctx, probe.MountAt(secrets))).To(PrintJSON[probe.MountInfo](HaveField("Type", "tmpfs")))
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Write(keyFile, key+"\n")))).To(ExitZero())
			g.Expect(container.Probe(ctx, probe.Read(keyFile))).To(Print(key))
		})
	})

	It("holds its data in memory", claims.Decides("tmpfs/only-in-ram", "tmpfs/files-only-in-ram"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		filled := func(ctx context.Context) int64 {
			container.Probe(ctx, probe.Empty(secrets))
			before := sharedMemory(ctx, container)
			container.Probe(ctx, probe.Fill(secrets+"/bulk", bulk))
			return sharedMemory(ctx, container) - before
		}

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Eventually(ctx, filled).Within(settling).Should(BeNumerically(">", bulk/2), "bytes of the host's memory to fill it")
			onlyWithoutSwap(box)
		})
	})

	It("releases its memory when the container stops", claims.Decides("tmpfs/purged-when-the-container-stops"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container, observer := box.Start(ctx, sandbox.Tmpfs(secrets)), box.Start(ctx)
		container.Probe(ctx, probe.Fill(secrets+"/bulk", bulk))
		full := sharedMemory(ctx, observer)

		container.Stop(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, sharedMemory).WithArguments(observer).Within(settling).Should(BeNumerically("<", full-bulk/2), "bytes of the host's memory in use")
		})
	})

	It("is nosuid, nodev, noexec and world-writable", Label("behaviour:tmpfs-options"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		options := []string{"rw", "nosuid", "nodev"}
		if box.Facts().Name == "docker" {
			options = append(options, "noexec") // Podman does not set it
		}

		Expect(container.Probe(ctx, probe.MountAt(secrets))).To(PrintJSON[probe.MountInfo](
			WithTransform(func(m probe.MountInfo) []string { return strings.Split(m.Options, ",") }, ContainElements(options))))
		Expect(container.Probe(ctx, probe.Stat(secrets))).To(PrintJSON[probe.Status](HaveField("Mode", "1777")))
	})

	It("has the requested mode", Label("behaviour:tmpfs-mode"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs("/kept", "mode=700"), sandbox.Tmpfs("/open", "mode=1777"))

		Expect(container.Probe(ctx, probe.Stat("/kept"))).To(PrintJSON[probe.Status](HaveField("Mode", "700")))
		Expect(container.Probe(ctx, probe.Stat("/open"))).To(PrintJSON[probe.Status](HaveField("Mode", "1777")))
	})

	It("is not shared with another container's tmpfs at the same path", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		one, other := box.Start(ctx, sandbox.Tmpfs(secrets)), box.Start(ctx, sandbox.Tmpfs(secrets))

		one.Probe(ctx, probe.Write(keyFile, key))

		Expect(other.Probe(ctx, probe.Read(keyFile))).To(FailWith(probe.ENOENT))
		other.Probe(ctx, probe.Write(keyFile, "another"))
		Expect(one.Probe(ctx, probe.Read(keyFile))).To(Print(key))
	})
})

// sharedMemory returns how many bytes all tmpfs mounts and shared memory take on the
// engine's host.
func sharedMemory(ctx context.Context, c *sandbox.Container) int64 {
	GinkgoHelper()
	answer := c.Probe(ctx, probe.Meminfo("Shmem"))
	kilobytes, err := strconv.ParseInt(strings.TrimSpace(answer.Stdout), 10, 64)
	if err != nil {
		Fail(fmt.Sprintf("reading the host's shared memory from /proc/meminfo: %s", answer))
	}
	return kilobytes << 10
}

// onlyWithoutSwap skips the spec where the engine's host has swap: the kernel may
// move a tmpfs there, no container can observe it, and Docker has no noswap option.
func onlyWithoutSwap(box *sandbox.Box) {
	GinkgoHelper()
	if swap := box.Facts().Swap; swap > 0 {
		Skip(fmt.Sprintf("the engine's host has %d MiB of swap, where its kernel may write a tmpfs", swap>>20))
	}
}

const (
	megabyte = 1 << 20
	// rounding is how much a size may differ because of memory pages, of at most 64 KiB.
	rounding = 128 << 10
)

var _ = Describe("The size of a tmpfs", Label("tmpfs"), func() {
	It("is half of the engine's memory by default", claims.Decides("tmpfs/default-half-of-ram"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](
				HaveField("Bytes", BeNumerically("~", box.Facts().Memory/2, rounding))))
		})
	})

	It("is exactly 1 MiB with size=1m", claims.Decides("tmpfs/run-with-size", "tmpfs/exactly-1mb"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets, "size=1m"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](
				And(HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(megabyte)))))
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Fill(keyFile, megabyte)))).To(Print("1048576"))
		})
	})

	It("refuses one byte more, whether appended or written at once", claims.Decides("tmpfs/more-than-1mb-fails"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets, "size=1m"), sandbox.Tmpfs("/unlimited"))
		container.Probe(ctx, probe.Fill("/unlimited/file", megabyte+1))
		container.Probe(ctx, probe.Fill(keyFile, megabyte))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Append(keyFile, "x")))).To(FailWith(probe.ENOSPC))
			tooMuch := container.Probe(ctx, probe.Attempt(probe.Fill(keyFile, megabyte+1)))
			g.Expect(tooMuch).To(FailWith(probe.ENOSPC))
			g.Expect(tooMuch.Stdout).To(Equal("1048576\n"))
		})
	})
})
