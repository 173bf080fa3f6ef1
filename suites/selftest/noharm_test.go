//go:build linux

package selftest

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

const (
	// quick is a part of the suite that makes every kind of resource.
	quick = "(volumes && !persistence) || (persistence && compose)"
	// everywhere marks what proves that no harm is done; a filter that names it
	// has each case on each release, where otherwise each is on one of them.
	everywhere = "everywhere"
)

var _ = Describe("An engine that is somebody's own,", Ordered, ContinueOnFailure, Label(everywhere), func() {
	// One compilation does for all releases.
	var copies checkouts

	BeforeAll(func() { copies = checkOut() })

	for _, release := range []string{"docker-bookworm", "docker-sid"} {
		usual := map[string]string{"docker-bookworm": "some", "docker-sid": "whole"}[release]
		Context("on "+release, func() {
			var (
				home   *household
				before []string
			)

			// only skips the case where this release is not the one that usually has it.
			only := func(on string) {
				if config, _ := GinkgoConfiguration(); on != usual && !strings.Contains(config.LabelFilter, everywhere) {
					Skip("is tried on another release; --label-filter=" + everywhere + " tries it on each")
				}
			}

			BeforeAll(func(ctx SpecContext) {
				home = moveIn(ctx, release, copies)
				before = home.portrait(ctx)
			}, NodeTimeout(10*time.Minute))

			It("is left exactly as it was by a whole run", func(ctx SpecContext) {
				only("whole")
				run := home.ginkgo(ctx, home.first)

				Eventually(ctx, run).Should(gexec.Exit(0))
				Expect(home.portrait(ctx)).To(ConsistOf(before))
			}, SpecTimeout(15*time.Minute))

			It("is left as it was by a run that fails", func(ctx SpecContext) {
				only("some")
				fault, err := faults.Find("volume-dropped")
				Expect(err).NotTo(HaveOccurred())
				proxy, err := faults.Serve(ctx, home.machine.Host, filepath.Join(home.folder, "faulty.sock"), fault)
				Expect(err).NotTo(HaveOccurred())
				DeferCleanup(proxy.Close)
				run := home.command(ctx, home.first, []string{"DOCKER_HOST=" + proxy.Host}, "go", "run", "github.com/onsi/ginkgo/v2/ginkgo", "-p", "--no-color", "--label-filter=volumes && !persistence", "./suites/conformance")

				Eventually(ctx, run).Should(gexec.Exit())
				Expect(run.ExitCode()).NotTo(BeZero())
				Expect(home.portrait(ctx)).To(ConsistOf(before))
			}, SpecTimeout(10*time.Minute))

			It("is left as it was by two runs at once, from two checkouts", func(ctx SpecContext) {
				only("some")
				one, other := home.ginkgo(ctx, home.first, "--label-filter="+quick), home.ginkgo(ctx, home.second, "--label-filter="+quick)

				Eventually(ctx, one).Should(gexec.Exit(0))
				Eventually(ctx, other).Should(gexec.Exit(0))
				Expect(home.portrait(ctx)).To(ConsistOf(before))
			}, SpecTimeout(10*time.Minute))

			It("is left as it was by an interrupted run, and nothing is left behind", func(ctx SpecContext) {
				only("some")
				run := home.ginkgo(ctx, home.first, "--label-filter="+quick)
				Eventually(ctx, home.guests).Should(Satisfy(several))

				Expect(syscall.Kill(-run.Command.Process.Pid, syscall.SIGINT)).To(Succeed())

				Eventually(ctx, run).Should(gexec.Exit())
				Expect(run.ExitCode()).NotTo(BeZero())
				Expect(home.portrait(ctx)).To(ConsistOf(before))
			}, SpecTimeout(5*time.Minute))

			It("is left as it was by a killed run, once make clean has run", func(ctx SpecContext) {
				only("some")
				run := home.ginkgo(ctx, home.first, "--label-filter="+quick)
				Eventually(ctx, home.guests).Should(Satisfy(several))

				Expect(syscall.Kill(-run.Command.Process.Pid, syscall.SIGKILL)).To(Succeed())
				Eventually(ctx, run).Should(gexec.Exit())
				Expect(home.guests(ctx)).NotTo(BeEmpty(), "a run that was killed at work leaves something")

				clean := home.command(ctx, home.first, nil, "go", "run", "./helpers/sandbox/cmd/clean")
				Eventually(ctx, clean).Should(gexec.Exit(0))
				Expect(home.portrait(ctx)).To(ConsistOf(before))
			}, SpecTimeout(5*time.Minute))
		})
	}
})

// ginkgo runs the conformance suite on the household's engine, in a process
// group of its own and from a checkout.
func (h *household) ginkgo(ctx context.Context, checkout string, flags ...string) *gexec.Session {
	GinkgoHelper()
	arguments := append([]string{"run", "github.com/onsi/ginkgo/v2/ginkgo", "-p", "--no-color"}, flags...)
	return h.command(ctx, checkout, nil, "go", append(arguments, "./suites/conformance")...)
}

func (h *household) command(ctx context.Context, checkout string, environment []string, name string, arguments ...string) *gexec.Session {
	GinkgoHelper()
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = checkout
	command.Env = append(os.Environ(), h.machine.Env()...)
	command.Env = append(command.Env, settings.Disposable.Name+"=0", settings.Release.Name+"=", settings.Control.Name+"=",
		settings.Netns.Name+"="+h.machine.Netns)
	command.Env = append(command.Env, environment...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	session, err := gexec.Start(command, GinkgoWriter, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	return session
}

// guests are the containers of runs of Holdfast.
func (h *household) guests(ctx context.Context) []engine.Container {
	GinkgoHelper()
	found, err := h.engine.ListContainers(ctx, run.Label)
	Expect(err).NotTo(HaveOccurred())
	return found
}

func several(guests []engine.Container) bool { return len(guests) > 1 }

// checkouts are copies of the working tree, in a folder that an engine shares.
type checkouts struct{ folder, first, second string }

// checkOut copies the working tree twice: two runs at once come from two checkouts.
func checkOut() checkouts {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	c := checkouts{folder, filepath.Join(folder, "first"), filepath.Join(folder, "second")}
	for _, dir := range []string{c.first, c.second} {
		for _, entry := range []string{"fixtures", "helpers", "reports", "scenarios", "suites"} {
			Expect(os.CopyFS(filepath.Join(dir, entry), source{os.DirFS(filepath.Join("..", "..", entry))})).To(Succeed())
		}
		for _, file := range []string{"go.mod", "go.sum", "README.md"} {
			data, err := os.ReadFile(filepath.Join("..", "..", file))
			Expect(err).NotTo(HaveOccurred())
			Expect(os.WriteFile(filepath.Join(dir, file), data, 0o644)).To(Succeed())
		}
	}
	return c
}

// source is a folder without what runs leave in it.
type source struct{ fs.FS }

// ReadDir leaves out the output of runs.
func (s source) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "out" || filepath.Ext(e.Name()) == ".test" }), err
}
