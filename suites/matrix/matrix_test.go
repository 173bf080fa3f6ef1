package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

func TestEachContinuesAfterAFailure(t *testing.T) {
	var running, most atomic.Int32
	results := each(t.Context(), []string{"a", "broken", "c", "d", "e"}, 2, func(_ context.Context, name string) outcome {
		now := running.Add(1)
		defer running.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		if name == "broken" {
			return outcome{err: errors.New("no such package")}
		}
		return outcome{}
	})
	for i, name := range []string{"a", "broken", "c", "d", "e"} {
		if results[i].release != name || (results[i].err != nil) != (name == "broken") {
			t.Errorf("%s came out as %v", name, results[i])
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d ran at once", most.Load())
	}

	var printed bytes.Buffer
	err := conclude(newReporter(&printed, []string{"a", "broken"}), results, time.Second)
	if err == nil || !strings.Contains(err.Error(), "broken") || !strings.Contains(printed.String(), "4 of 5 releases") {
		t.Errorf("it ends with %v and %q", err, printed.String())
	}
}

func TestEachStartsNothingAfterAnInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	results := each(ctx, []string{"a", "b", "c"}, 1, func(ctx context.Context, name string) outcome {
		if name != "a" && name != "b" { // b may have been handed over already
			t.Errorf("%s began", name)
		}
		cancel()
		return outcome{err: ctx.Err()}
	})
	if !errors.Is(results[2].err, context.Canceled) || results[2].release != "c" {
		t.Errorf("c came out as %v", results[2])
	}
}

func TestChosen(t *testing.T) {
	for wanted, want := range map[string]string{
		"docker-trixie docker-sid":                "docker-trixie docker-sid",
		" docker-sid,docker-sid\n docker-trixie ": "docker-sid docker-trixie",
	} {
		names, err := chosen(wanted)
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%q chooses %q: %v", wanted, names, err)
		}
	}
	if all, err := chosen(""); err != nil || len(all) < 3 || slices.Contains(all, "docker-sshfs") {
		t.Errorf("nothing asked for chooses %q: %v", all, err)
	}
	if _, err := chosen("docker-trixie docker-nope podman-nope"); err == nil ||
		!strings.Contains(err.Error(), "docker-nope") || !strings.Contains(err.Error(), "podman-nope") {
		t.Errorf("unknown names end with %v", err)
	}
}

func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		done, all int
	}{
		"nothing yet": {"", 0, 0},
		"begun":       {"Will run 9 of 20 specs\nRunning in parallel across 2 processes\nJudging docker\n", 0, 20},
		"half":        {"Will run 20 of 20 specs\nJudging docker\n•••S••\nimages: pulling Python\n••P•\n", 10, 20},
		"a failure":   {"Will run 20 of 20 specs\n•••\n------------------------------\n• [FAILED] [0.3 seconds]\nExpected PASS\n", 4, 20},
		"more":        {"Will run 2 of 2 specs\n•••••\n", 2, 2},
	} {
		if done, all := progress(c.text); done != c.done || all != c.all {
			t.Errorf("%s: %d of %d, not %d of %d", name, done, all, c.done, c.all)
		}
	}
}

func TestCapacity(t *testing.T) {
	for _, c := range []struct {
		cores  int
		memory uint64
		want   int
	}{{2, 22 << 30, 2}, {16, 9 << 30, 4}, {4, 1 << 30, 1}, {8, math.MaxUint64, 8}} {
		if got := capacity(c.cores, c.memory); got != c.want {
			t.Errorf("%d cores and %d bytes: %d at once, not %d", c.cores, c.memory, got, c.want)
		}
	}
	if got := memoryOf("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"); got != 2<<20 {
		t.Errorf("available are %d bytes", got)
	}
	if procs(2, 2, 2) != 4 || procs(16, 4, 2) != 8 || procs(8, 1, 2) != 16 || procs(2, 2, 1) != 2 || procs(16, 4, 1) != 4 {
		t.Error("the cores are shared out wrongly")
	}
}

func TestQueue(t *testing.T) {
	got := queue([]string{"docker-bookworm", "podman-trixie", "docker-sid", "podman-sid"})
	if want := []string{"podman-trixie", "podman-sid", "docker-bookworm", "docker-sid"}; !slices.Equal(got, want) {
		t.Errorf("the queue is %v, not %v", got, want)
	}
}

func TestReporterPrintsWholeLines(t *testing.T) {
	var printed bytes.Buffer
	reporter := newReporter(&printed, []string{"docker-sid"})
	writer := reporter.writer("docker-sid")
	for _, part := range []string{"lab: bui", "lding\nlab: up", "\n"} {
		if _, err := writer.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	reporter.print("", "two\nlines")
	if want := "docker-sid  building\ndocker-sid  up\nmatrix      two\n            lines\n"; printed.String() != want {
		t.Errorf("printed\n%swant\n%s", printed.String(), want)
	}
}

func TestWhatWentWrongIsNamed(t *testing.T) {
	d := result.Document{Claims: []result.Claim{{ID: "a/b", Verdict: result.Contradicted, Expected: result.Holds}}, Leftovers: []string{"volume v"}}
	for _, want := range []string{"a/b", "volume v", "exit code 1"} {
		if got := wrong(d, 1); !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
		if len(d.Claims) > 0 {
			d.Claims = nil
		} else {
			d.Leftovers = nil
		}
	}
}

func TestRemoveReports(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docker-sid")
	for range 2 { // the directory need not exist
		if err := removeReports(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "verdicts.json")); err == nil {
			t.Error("the verdicts still exist")
		}
		if err := os.WriteFile(filepath.Join(dir, "verdicts.json"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheVerdictsOfBothDocumentsAreRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := readVerdicts(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	document := result.Document{
		Schema: result.Schema, Run: result.Run{ID: "r", Started: "2026-11-23T05:00:00Z", Procs: 1}, Engine: result.Engine{Name: "docker", Version: "26.1.5"},
		Lesson: result.Lesson{ID: "l", SHA256: strings.Repeat("0", 64)}, Claims: []result.Claim{{ID: "a/one", Verdict: result.Holds, Expected: result.Holds}},
	}
	for i, name := range []string{filepath.Join("container-storage", "verdicts.json"), "verdicts.json"} {
		if err := result.Write(filepath.Join(dir, name), document); err != nil {
			t.Fatal(err)
		}
		if all, err := readVerdicts(dir); err != nil || len(all.Claims) != i+1 {
			t.Errorf("%d claims, %v", len(all.Claims), err)
		}
	}
}
