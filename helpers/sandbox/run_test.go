package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	"github.com/gofrs/flock"
)

// These tests of package run stand here, beside the engine that they need.

func TestARunAsksWhatOnlyAContainerKnows(t *testing.T) {
	api, e := newFake(t)
	r := begin(t, e)
	if f := r.Facts; !f.SharesFiles || !f.SameFiles || f.Swap != 1024<<10 || f.RootUser != 0 {
		t.Errorf("%+v", f)
	}
	if left, err := r.End(t.Context()); err != nil || len(left) > 0 || len(api.names()) > 0 {
		t.Errorf("left %v, %v, on the engine %v", left, err, api.names())
	}
}

func TestAnEngineElsewhereSharesNoFiles(t *testing.T) {
	api, e := newFake(t)
	api.elsewhere = true
	r := begin(t, e)
	if f := r.Facts; f.SharesFiles || f.SameFiles || f.Swap == 0 {
		t.Errorf("%+v", f)
	}
	if _, err := r.End(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnotherProcessJoinsTheRun(t *testing.T) {
	_, e := newFake(t)
	t.Setenv(settings.Cache.Name, t.TempDir())
	t.Setenv(settings.Work.Name, t.TempDir())
	r, err := run.Begin(t.Context(), e, io.Discard, run.Setup{Key: "tool", Do: func(context.Context, *run.Run, io.Writer) (any, error) { return "v2", nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOLDFAST_NOTE", "from the first")
	data := r.Share("HOLDFAST_NOTE")
	t.Setenv("HOLDFAST_NOTE", "")

	other, err := run.Join(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	var tool string
	if other.ID != r.ID || other.Facts != r.Facts || other.WorkDir != r.WorkDir || !other.SetupResult("tool", &tool) || tool != "v2" || os.Getenv("HOLDFAST_NOTE") != "from the first" {
		t.Errorf("%+v, tool %q", other, tool)
	}
	if err := errors.Join(other.Leave(), r.Leave()); err != nil {
		t.Error(err)
	}
	if _, err := run.Join(t.Context(), []byte("no run")); err == nil {
		t.Error("joined nothing")
	}
}

func TestAFailedSetupLeavesNothing(t *testing.T) {
	api, e := newFake(t)
	t.Setenv(settings.Cache.Name, t.TempDir())
	t.Setenv(settings.Work.Name, t.TempDir())
	failed := run.Setup{Key: "tool", Do: func(ctx context.Context, r *run.Run, _ io.Writer) (any, error) {
		api.add("volume", "holdfast-volume", map[string]string{run.Label: r.ID})
		return nil, errors.New("no network")
	}}
	if _, err := run.Begin(t.Context(), e, io.Discard, failed); err == nil || !strings.Contains(err.Error(), "no network") {
		t.Errorf("%v", err)
	}
	dirs, _ := filepath.Glob(filepath.Join(settings.Work.Get(), "*"))
	if left := api.names(); len(left) > 0 || len(dirs) > 0 {
		t.Errorf("left %v and %v", left, dirs)
	}
}

func TestLeftoversAreNamedAndRemoved(t *testing.T) {
	for disposable, want := range map[string][]string{
		"0": {"container /mine", "image holdfast-ID-image:latest", "network mine", "volume mine", "directory WORK/left"},
		"1": {"container /mine", "image holdfast-ID-image:latest", "network mine", "volume mine", "volume stray", "directory WORK/left"},
	} {
		api, e := newFake(t)
		e.Facts.Disposable = disposable == "1"
		api.add("volume", "before", nil)
		r := begin(t, e)
		mine := map[string]string{run.Label: r.ID}
		api.add("volume", "mine", mine)
		api.add("network", "mine", mine)
		api.add("container", "mine", mine)
		api.add("image", "holdfast-"+r.ID+"-image:latest", mine)
		api.add("image", "renamed:latest", mine)
		api.add("volume", "stray", nil)
		api.add("image", "pulled:latest", nil)
		if err := os.Mkdir(filepath.Join(r.WorkDir, "left"), 0o755); err != nil {
			t.Fatal(err)
		}

		left, err := r.End(t.Context())

		var named []string
		for _, name := range left {
			named = append(named, strings.NewReplacer(r.ID, "ID", r.WorkDir, "WORK").Replace(name))
		}
		// An image is removed before it could be left over; one that a user named stays.
		want = slices.DeleteFunc(append(want, "image renamed:latest"), func(name string) bool { return strings.Contains(name, "-image:") })
		slices.Sort(named)
		slices.Sort(want)
		if !slices.Equal(named, want) || err != nil {
			t.Errorf("disposable %s: left %q, want %q: %v", disposable, named, want, err)
		}
		if remaining := api.names(); !slices.Equal(remaining, []string{"image pulled:latest", "image renamed:latest", "volume before", "volume stray"}) {
			t.Errorf("the engine still has %v", remaining)
		}
		if _, err := os.Stat(r.WorkDir); err == nil {
			t.Error("the work directory is still there")
		}
	}
}

func TestOnlyDeadRunsAreSwept(t *testing.T) {
	api, e := newFake(t)
	r := begin(t, e)
	dead := strings.Replace(r.ID, r.ID[:8], "20200101", 1)
	anonymous := strings.Repeat("a", 64)
	lock := flock.New(filepath.Join(settings.Cache.Get(), "runs", dead+".lock"))
	if ok, err := lock.TryRLock(); !ok {
		t.Fatal(err)
	}
	journal := strings.TrimSuffix(lock.Path(), ".lock") + ".journal"
	work := filepath.Join(settings.Work.Get(), dead)
	if err := errors.Join(os.WriteFile(journal, []byte(e.Endpoint.Host+" "+anonymous+"\n"), 0o644), os.Mkdir(work, 0o755)); err != nil {
		t.Fatal(err)
	}
	api.add("volume", anonymous, nil)
	api.add("volume", "user's", nil)
	api.add("container", "of the dead", map[string]string{run.Label: dead})
	api.add("container", "of the living", map[string]string{run.Label: r.ID})
	all := api.names()

	if err := run.Sweep(t.Context(), e, io.Discard); err != nil || !slices.Equal(api.names(), all) {
		t.Errorf("swept a run that is alive: %v, %v", api.names(), err)
	}
	_ = lock.Unlock() // as when its process is killed
	if err := run.Sweep(t.Context(), e, io.Discard); err != nil || !slices.Equal(api.names(), []string{"container of the living", "volume user's"}) {
		t.Errorf("left %v: %v", api.names(), err)
	}
	for _, gone := range []string{lock.Path(), journal, work} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
	if _, err := r.End(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAResourceThatCannotBeRemovedIsRemovedByTheNextRun(t *testing.T) {
	api, e := newFake(t)
	r := begin(t, e)
	api.add("volume", "mine", map[string]string{run.Label: r.ID})
	api.refuse = func(request *http.Request) int {
		if request.Method == http.MethodDelete {
			return http.StatusInternalServerError
		}
		return 0
	}
	if left, err := r.End(t.Context()); err == nil || !slices.Contains(left, "volume mine") {
		t.Errorf("left %v, %v", left, err)
	}
	api.refuse = nil
	if err := run.Sweep(t.Context(), e, io.Discard); err != nil || len(api.names()) > 0 {
		t.Errorf("left %v: %v", api.names(), err)
	}
}

func TestAHealthCheckNamesTheEnvironmentsFault(t *testing.T) {
	api, e := newFake(t)
	r := begin(t, e)
	expect := func(fault, outcome, want string) {
		t.Helper()
		if reason := r.HealthCheck(outcome); (reason == "") != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %q, not %q", fault, reason, want)
		}
	}
	expect("none", "", "")
	expect("the kernel killed it", "exit code 137", "short of memory")

	for want, happen := range map[string]func(){
		"no memory": func() { api.outOfMemory(map[string]string{run.SpecLabel: "no memory"}) },
		"went away": api.endEvents,
	} {
		done := r.StartSpec(t.Context(), want)
		happen()
		run.Retry(t.Context(), 10*time.Second, func() bool { return r.HealthCheck("") != "" })
		expect(want, "", want)
		done()
		expect("the spec has ended", "", "")
	}

	api.setAhead(time.Hour)
	expect("the engine's clock jumped", "", "has gained 1h0m0s")
	api.setAhead(0)
	if err := os.Rename(r.WorkDir, r.WorkDir+".away"); err != nil {
		t.Fatal(err)
	}
	expect("the work directory is gone", "", "no room")
	if err := os.Rename(r.WorkDir+".away", r.WorkDir); err != nil {
		t.Fatal(err)
	}
	if _, err := r.End(t.Context()); err != nil {
		t.Error(err)
	}
	api.refuse = func(*http.Request) int { return http.StatusInternalServerError }
	expect("the engine fails", "", "500 Internal Server Error")
}

func TestAFullDiskOfTheEngineIsNamed(t *testing.T) {
	api, e := newFake(t)
	api.free = 1 << 20
	r := begin(t, e)
	if reason := r.HealthCheck(""); !strings.Contains(reason, "is full: 1048576 bytes") {
		t.Errorf("%q", reason)
	}
	if _, err := r.End(t.Context()); err != nil {
		t.Error(err)
	}
}
