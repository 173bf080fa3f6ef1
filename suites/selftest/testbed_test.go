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
	"runtime"
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

// testbed is a real engine with the compiled conformance suite, which it runs on
// the engine with any fault.
type testbed struct {
	machine *lab.Machine
	engine  *engine.Engine
	probe   string // reference of the probe image
	dir     string // shared with the engine
	suite   compiled.Suite
	lies    map[string]lying // the mounts of faults, which the engine shares
}

// newTestbed starts a lab engine that shares the directories.
func newTestbed(ctx context.Context, release string, dirs []string, options ...lab.Option) *testbed {
	GinkgoHelper()
	t := &testbed{dir: GinkgoT().TempDir()}
	t.machine, t.engine, t.probe = startLab(ctx, release, append(slices.Clone(dirs), t.dir), options...)
	t.suite = binaries.compile(ctx)
	return t
}

// binaries are Ginkgo and the suite, compiled once for all testbeds.
var binaries programs

type programs struct {
	mutex sync.Mutex
	dir   string // empty until compiled
	compiled.Suite
}

func (p *programs) compile(ctx context.Context) compiled.Suite {
	GinkgoHelper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.dir == "" {
		dir, err := os.MkdirTemp("", "holdfast-selftest-")
		Expect(err).NotTo(HaveOccurred())
		if p.Suite, err = compiled.Build(ctx, "", dir); err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		Expect(err).NotTo(HaveOccurred())
		p.dir = dir
	}
	return p.Suite
}

var _ = AfterSuite(func() {
	if binaries.dir != "" {
		Expect(os.RemoveAll(binaries.dir)).To(Succeed())
	}
})

// startLab starts a lab engine that shares the directories, until the node ends.
// It loads the probe image and returns its reference.
func startLab(ctx context.Context, release string, dirs []string, options ...lab.Option) (*lab.Machine, *engine.Engine, string) {
	GinkgoHelper()
	if err := lab.Available(); err != nil {
		Skip("needs the lab: " + err.Error())
	}
	shares, err := lab.DefaultShares()
	Expect(err).NotTo(HaveOccurred())
	machine, err := lab.Start(ctx, release, append(shares, dirs...), GinkgoWriter, options...)
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

// outcome is the outcome of one run of the suite.
type outcome struct {
	claims  map[string]result.Claim
	specs   []types.SpecReport
	host    string // the engine's address in the run
	log     string
	seconds float64
}

// run runs the specs that the filter selects on the engine with a fault. It then
// removes what the run left behind, for example because the engine did not remove it.
func (t *testbed) run(ctx context.Context, fault faults.Fault, filter string, procs int) (o outcome, err error) {
	began := time.Now()
	dir, err := os.MkdirTemp(t.dir, fault.Name+"-")
	if err != nil {
		return o, err
	}
	proxy, err := faults.Serve(ctx, t.machine.Host, filepath.Join(dir, "docker.sock"), fault)
	if err != nil {
		return o, err
	}
	defer func() {
		err = errors.Join(err, proxy.Close(), run.Sweep(ctx, t.engine, GinkgoWriter), os.RemoveAll(dir))
		o.seconds = time.Since(began).Seconds()
	}()
	environment := []string{settings.Control.Name + "="}
	if m, lies := t.lies[fault.Name]; lies {
		var work []string
		if t, work, err = t.behind(m, dir); err != nil {
			return o, err
		}
		environment = append(environment, work...)
	}
	return t.conform(ctx, dir, proxy.Host, environment, fmt.Sprintf("--procs=%d", procs), "--label-filter="+filter)
}

// conform runs the suite in a directory on the engine at host, with the variables
// and flags, and reads the outcome.
func (t *testbed) conform(ctx context.Context, dir, host string, environment []string, flags ...string) (o outcome, err error) {
	began := time.Now()
	// Ginkgo runs a binary in its own directory. The reports are two levels above.
	here := filepath.Join(dir, "suites", "conformance")
	suite := filepath.Join(here, "conformance.test")
	err = errors.Join(os.MkdirAll(here, 0o755), os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o644), os.Symlink(t.suite.Test, suite))
	if err != nil {
		return o, err
	}
	environment = slices.Concat(os.Environ(), t.machine.Env(), []string{"DOCKER_HOST=" + host, settings.Netns.Name + "=" + t.machine.Netns, settings.Work.Name + "="}, environment)
	log, err := t.execute(ctx, here, environment, slices.Concat([]string{"--no-color", "--json-report=report.json"}, flags, []string{suite})...)
	if err != nil {
		return o, err
	}
	o, err = read(dir)
	o.host, o.log, o.seconds = host, string(log), time.Since(began).Seconds()
	if err != nil {
		err = fmt.Errorf("the suite left no readable result: %w; its output:\n%s", err, log)
	}
	return o, err
}

// execute runs ginkgo. Failed specs are not an error.
func (t *testbed) execute(ctx context.Context, dir string, environment []string, arguments ...string) (log []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	command := exec.CommandContext(ctx, t.suite.Ginkgo, arguments...)
	command.Dir, command.Env = dir, environment
	compiled.InterruptGroup(command)
	// The kernel sends this signal when the thread that started the command ends, not the process: keep the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
	command.WaitDelay = time.Minute
	log, err = command.CombinedOutput()
	var exited *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return log, fmt.Errorf("the suite did not end within %s; its output:\n%s", runLimit, log)
	case errors.As(err, &exited):
		return log, nil
	}
	return log, err
}

// read reads the verdicts of a run, if it decided a claim, and its specs' states.
func read(dir string) (o outcome, err error) {
	first, err := filepath.Glob(filepath.Join(dir, "reports", "out", "*", "verdicts.json"))
	if err != nil {
		return o, err
	}
	others, err := filepath.Glob(filepath.Join(dir, "reports", "out", "*", "*", "verdicts.json")) // of other documents
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

// failed reports whether an expectation failed in a spec with the label. Otherwise
// the reason says how these specs ended.
func (o outcome) failed(label string) (failed bool, reason string) {
	matches, err := types.ParseLabelFilter(label)
	if err != nil {
		return false, err.Error()
	}
	reason = "no spec with this label ran"
	for _, spec := range o.specs {
		if !matches(spec.Labels()) || spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
			continue
		}
		message := spec.Failure.Message
		if spec.State == types.SpecStateFailed && !strings.Contains(message, o.host) {
			return true, message // a message with the engine's address is an error, not a failed expectation
		}
		reason = strings.TrimSpace(spec.State.String() + " " + message)
	}
	return false, reason
}
