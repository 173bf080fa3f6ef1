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
	// quick selects a part of the suite that creates every kind of object.
	quick = "(volumes && !persistence) || (persistence && compose)"
	// everywhere marks these specs. A filter that names it runs each of them on each
	// release; otherwise each runs on one release.
	everywhere = "everywhere"
)

var _ = Describe("A user's engine", Ordered, ContinueOnFailure, Label(everywhere), func() {
	var copies checkouts

	BeforeAll(func() { copies = checkOut() })

	for _, release := range []string{"docker-bookworm", "docker-sid"} {
		usual := map[string]string{"docker-bookworm": "some", "docker-sid": "whole"}[release]
		Context("on "+release, func() {
			var (
				user   *userData
				before []string
			)

			// only skips a spec that usually runs on another release.
			only := func(on string) {
				if config, _ := GinkgoConfiguration(); on != usual && !strings.Contains(config.LabelFilter, everywhere) {
					Skip("runs on another release; --label-filter=" + everywhere + " runs it on each")
				}
			}

			BeforeAll(func(ctx SpecContext) {
				user = createUserData(ctx, release, copies)
				before = user.snapshot(ctx)
			}, NodeTimeout(10*time.Minute))

			It("is left exactly as it was by a whole run", func(ctx SpecContext) {
				only("whole")
				run := user.ginkgo(ctx, user.first)

				Eventually(ctx, run).Should(gexec.Exit(0))
				Expect(user.snapshot(ctx)).To(ConsistOf(before))
			}, SpecTimeout(15*time.Minute))

			It("is left exactly as it was by a failing run", func(ctx SpecContext) {
				only("some")
				fault, err := faults.Find("volume-dropped")
				Expect(err).NotTo(HaveOccurred())
				proxy, err := faults.Serve(ctx, user.machine.Host, filepath.Join(user.dir, "faulty.sock"), fault)
				Expect(err).NotTo(HaveOccurred())
				DeferCleanup(proxy.Close)
				run := user.command(ctx, user.first, []string{"DOCKER_HOST=" + proxy.Host}, "go", "run", "github.com/onsi/ginkgo/v2/ginkgo", "-p", "--no-color", "--label-filter=volumes && !persistence", "./suites/conformance")

				Eventually(ctx, run).Should(gexec.Exit())
				Expect(run.ExitCode()).NotTo(BeZero())
				Expect(user.snapshot(ctx)).To(ConsistOf(before))
			}, SpecTimeout(10*time.Minute))

			It("is left exactly as it was by two concurrent runs from two checkouts", func(ctx SpecContext) {
				only("some")
				one, other := user.ginkgo(ctx, user.first, "--label-filter="+quick), user.ginkgo(ctx, user.second, "--label-filter="+quick)

				Eventually(ctx, one).Should(gexec.Exit(0))
				Eventually(ctx, other).Should(gexec.Exit(0))
				Expect(user.snapshot(ctx)).To(ConsistOf(before))
			}, SpecTimeout(10*time.Minute))

			It("is left exactly as it was by an interrupted run", func(ctx SpecContext) {
				only("some")
				run := user.ginkgo(ctx, user.first, "--label-filter="+quick)
				Eventually(ctx, user.containers).Should(Satisfy(several))

				Expect(syscall.Kill(-run.Command.Process.Pid, syscall.SIGINT)).To(Succeed())

				Eventually(ctx, run).Should(gexec.Exit())
				Expect(run.ExitCode()).NotTo(BeZero())
				Expect(user.snapshot(ctx)).To(ConsistOf(before))
			}, SpecTimeout(5*time.Minute))

			It("is left exactly as it was by a killed run and `make clean`", func(ctx SpecContext) {
				only("some")
				run := user.ginkgo(ctx, user.first, "--label-filter="+quick)
				Eventually(ctx, user.containers).Should(Satisfy(several))

				Expect(syscall.Kill(-run.Command.Process.Pid, syscall.SIGKILL)).To(Succeed())
				Eventually(ctx, run).Should(gexec.Exit())
				Expect(user.containers(ctx)).NotTo(BeEmpty(), "a killed run leaves containers")

				clean := user.command(ctx, user.first, nil, "go", "run", "./helpers/run/cmd/clean")
				Eventually(ctx, clean).Should(gexec.Exit(0))
				Expect(user.snapshot(ctx)).To(ConsistOf(before))
			}, SpecTimeout(5*time.Minute))
		})
	}
})

// ginkgo starts the conformance suite on the user's engine, from a checkout and in
// its own process group.
func (u *userData) ginkgo(ctx context.Context, checkout string, flags ...string) *gexec.Session {
	GinkgoHelper()
	arguments := append([]string{"run", "github.com/onsi/ginkgo/v2/ginkgo", "-p", "--no-color"}, flags...)
	return u.command(ctx, checkout, nil, "go", append(arguments, "./suites/conformance")...)
}

func (u *userData) command(ctx context.Context, checkout string, environment []string, name string, arguments ...string) *gexec.Session {
	GinkgoHelper()
	command := exec.CommandContext(ctx, name, arguments...)
	command.Dir = checkout
	command.Env = append(os.Environ(), u.machine.Env()...)
	command.Env = append(command.Env, settings.Disposable.Name+"=0", settings.Release.Name+"=", settings.Control.Name+"=",
		settings.Netns.Name+"="+u.machine.Netns)
	command.Env = append(command.Env, environment...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	session, err := gexec.Start(command, GinkgoWriter, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	return session
}

// containers lists the containers of Holdfast's runs.
func (u *userData) containers(ctx context.Context) []engine.Container {
	GinkgoHelper()
	found, err := u.engine.ListContainers(ctx, run.Label)
	Expect(err).NotTo(HaveOccurred())
	return found
}

func several(containers []engine.Container) bool { return len(containers) > 1 }

// checkouts are two copies of the working tree, in a directory that an engine shares.
type checkouts struct{ dir, first, second string }

// checkOut copies the working tree twice, for two concurrent runs.
func checkOut() checkouts {
	GinkgoHelper()
	parent := GinkgoT().TempDir()
	c := checkouts{parent, filepath.Join(parent, "first"), filepath.Join(parent, "second")}
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

// source is a directory without the output of runs.
type source struct{ fs.FS }

// ReadDir leaves out the output of runs.
func (s source) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "out" || filepath.Ext(e.Name()) == ".test" }), err
}
