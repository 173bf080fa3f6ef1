//go:build linux

package selftest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/suites/compiled"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
)

// runLimit bounds one run of the suite on a faulty engine.
const runLimit = 30 * time.Minute

// bench is one real engine, and the conformance suite compiled once, to be run
// on that engine through any fault.
type bench struct {
	machine *lab.Machine
	engine  *engine.Engine
	folder  string // that the engine shares
	ginkgo  string
	suite   string
}

// newBench starts the release, which sees the folders besides those it always does.
func newBench(ctx context.Context, release string, folders []string, as ...lab.Option) *bench {
	GinkgoHelper()
	b := &bench{folder: GinkgoT().TempDir()}
	b.machine, b.engine, _ = startLab(ctx, release, append(slices.Clone(folders), b.folder), as...)
	b.ginkgo, b.suite = binaries.compile(ctx)
	return b
}

// binaries are Ginkgo and the suite, compiled once for all benches.
var binaries programs

type programs struct {
	mutex  sync.Mutex
	folder string // "" before they are
}

func (p *programs) compile(ctx context.Context) (ginkgo, suite string) {
	GinkgoHelper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.folder == "" {
		folder, err := os.MkdirTemp("", "holdfast-selftest-")
		Expect(err).NotTo(HaveOccurred())
		if err = compiled.Build(ctx, "", filepath.Join(folder, "ginkgo"), filepath.Join(folder, "conformance.test")); err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
		Expect(err).NotTo(HaveOccurred())
		p.folder = folder
	}
	return filepath.Join(p.folder, "ginkgo"), filepath.Join(p.folder, "conformance.test")
}

var _ = AfterSuite(func() {
	if binaries.folder != "" {
		Expect(os.RemoveAll(binaries.folder)).To(Succeed())
	}
})

// startLab starts the release, gone when the node ends, with the probe image
// loaded, whose reference it gives. It sees the folders besides those it always does.
func startLab(ctx context.Context, release string, folders []string, as ...lab.Option) (*lab.Machine, *engine.Engine, string) {
	GinkgoHelper()
	if err := lab.Available(); err != nil {
		Skip("needs the lab: " + err.Error())
	}
	shares, err := lab.DefaultShares()
	Expect(err).NotTo(HaveOccurred())
	machine, err := lab.Start(ctx, release, append(shares, folders...), GinkgoWriter, as...)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(machine.Close)
	at, err := engine.At(machine.Host)
	Expect(err).NotTo(HaveOccurred())
	opened, err := engine.Open(ctx, at)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(opened.Close)
	image, err := probe.Ensure(ctx, opened)
	Expect(err).NotTo(HaveOccurred())
	return machine, opened, image
}

// outcome is what one run of the suite came to.
type outcome struct {
	claims  map[string]result.Claim
	specs   []types.SpecReport
	host    string // where the suite saw the engine
	log     string
	seconds float64
}

// run runs the specs that the filter selects on the engine behind the fault.
// What the run leaves behind, as it does where the engine does not remove
// things, is removed.
func (b *bench) run(ctx context.Context, fault faults.Fault, filter string, procs int) (o outcome, err error) {
	began := time.Now()
	dir, err := os.MkdirTemp(b.folder, fault.Name+"-")
	if err != nil {
		return o, err
	}
	proxy, err := faults.Serve(ctx, b.machine.Host, filepath.Join(dir, "docker.sock"), fault)
	if err != nil {
		return o, err
	}
	defer func() {
		err = errors.Join(err, proxy.Close(), run.Sweep(ctx, b.engine, GinkgoWriter), os.RemoveAll(dir))
		o.seconds = time.Since(began).Seconds()
	}()
	return b.conform(ctx, dir, proxy.Host, []string{settings.Control.Name + "="}, fmt.Sprintf("--procs=%d", procs), "--label-filter="+filter)
}

// conform runs the suite in a folder, with those variables and flags, on the
// engine at host, and reads what came of it.
func (b *bench) conform(ctx context.Context, dir, host string, environment []string, flags ...string) (o outcome, err error) {
	began := time.Now()
	// Ginkgo runs a binary in its own folder, from which the reports are two levels up.
	here := filepath.Join(dir, "suites", "conformance")
	suite := filepath.Join(here, "conformance.test")
	err = errors.Join(os.MkdirAll(here, 0o755), os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o644), os.Symlink(b.suite, suite))
	if err != nil {
		return o, err
	}
	environment = slices.Concat(os.Environ(), b.machine.Env(), []string{"DOCKER_HOST=" + host, settings.Netns.Name + "=" + b.machine.Netns, settings.Work.Name + "="}, environment)
	log, err := b.execute(ctx, here, environment, slices.Concat([]string{"--no-color", "--json-report=report.json"}, flags, []string{suite})...)
	if err != nil {
		return o, err
	}
	o, err = read(dir)
	o.host, o.log, o.seconds = host, string(log), time.Since(began).Seconds()
	if err != nil {
		err = fmt.Errorf("the suite left no readable result: %w; it said:\n%s", err, log)
	}
	return o, err
}

// execute runs ginkgo; that specs failed is no error.
func (b *bench) execute(ctx context.Context, folder string, environment []string, arguments ...string) (log []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	command := exec.CommandContext(ctx, b.ginkgo, arguments...)
	command.Dir, command.Env = folder, environment
	compiled.Together(command)
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
	command.WaitDelay = time.Minute
	log, err = command.CombinedOutput()
	var exited *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return log, fmt.Errorf("the suite did not end within %s; it said:\n%s", runLimit, log)
	case errors.As(err, &exited):
		return log, nil
	}
	return log, err
}

// read reads what a run left: its verdicts, unless it selected no claim, and
// how its specs ended.
func read(dir string) (o outcome, err error) {
	first, err := filepath.Glob(filepath.Join(dir, "reports", "out", "*", "verdicts.json"))
	if err != nil {
		return o, err
	}
	others, err := filepath.Glob(filepath.Join(dir, "reports", "out", "*", "*", "verdicts.json")) // of other lessons
	if err != nil {
		return o, err
	}
	o.claims = map[string]result.Claim{}
	for _, path := range slices.Concat(first, others) {
		document, err := result.Read(path)
		if err != nil {
			return o, err
		}
		for _, claim := range document.Claims {
			o.claims[claim.ID] = claim
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "suites", "conformance", "report.json"))
	if err != nil {
		return o, err
	}
	var reports []types.Report
	if err := json.Unmarshal(data, &reports); err != nil {
		return o, err
	}
	for _, report := range reports {
		o.specs = append(o.specs, report.SpecReports.WithLeafNodeType(types.NodeTypeIt)...)
	}
	return o, nil
}

// failed tells what became of the specs with a label: whether an expectation
// of theirs was not met, or, where it was not that, how they ended.
func (o outcome) failed(label string) (failed bool, reason string) {
	matches, err := types.ParseLabelFilter(label)
	if err != nil {
		return false, err.Error()
	}
	reason = "there is no such spec"
	for _, spec := range o.specs {
		if !matches(spec.Labels()) || spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
			continue
		}
		message := spec.Failure.Message
		if spec.State == types.SpecStateFailed && !strings.Contains(message, o.host) {
			return true, message // an engine's refusal names the engine: that is an error
		}
		reason = strings.TrimSpace(spec.State.String() + " " + message)
	}
	return false, reason
}
