package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/scenarios"

	"github.com/onsi/ginkgo/v2/types"
)

// A claim of the script that the catalogue lacks would select no spec.
func TestTheScriptChecksTenCataloguedClaims(t *testing.T) {
	text, err := os.ReadFile("ten-claims.sh")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := scenarios.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, claim := range catalogue.Claims() {
		known[claim.ID] = true
	}
	found := claimed.FindAllStringSubmatch(string(text), -1)
	if len(found) != 10 {
		t.Errorf("%d claims", len(found))
	}
	for _, one := range found {
		if id := one[1] + "/" + one[2]; !known[id] {
			t.Errorf("the catalogue has no claim %s", id)
		}
	}
}

func TestCountIgnoresSkippedSpecs(t *testing.T) {
	spec := func(state types.SpecState, file, label string) types.SpecReport {
		return types.SpecReport{
			LeafNodeType: types.NodeTypeIt, State: state, RunTime: time.Second, LeafNodeLabels: []string{label},
			LeafNodeLocation: types.CodeLocation{FileName: "/x/scenarios/" + file},
		}
	}
	var r result
	r.count(types.Report{RunTime: 3 * time.Second, SpecReports: types.SpecReports{
		spec(types.SpecStatePassed, "binds/a.go", "claim:binds.one"),
		spec(types.SpecStatePassed, "binds/b.go", "claim:binds.one"),
		spec(types.SpecStateSkipped, "tmpfs/c.go", "claim:tmpfs.two"),
		{LeafNodeType: types.NodeTypeSynchronizedBeforeSuite, ParallelProcess: 1, RunTime: 2 * time.Second},
		{LeafNodeType: types.NodeTypeSynchronizedBeforeSuite, ParallelProcess: 2, RunTime: 2 * time.Second},
	}})
	if r.specs != 2 || r.claims != 1 || r.nodes != 2 || r.seconds != 3 || len(r.parts) != 1 || r.parts["binds"].seconds != 2 {
		t.Errorf("%+v", r)
	}
}

func TestWatcherCallsDoneOnce(t *testing.T) {
	times := 0
	w := &watcher{done: func() { times++ }}
	for _, part := range strings.SplitAfter("Running in parallel\n"+verdict+verdict, "") {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if !w.found || times != 1 {
		t.Errorf("noticed %d times", times)
	}
}
