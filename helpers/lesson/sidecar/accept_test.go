//go:build linux || darwin

package sidecar

import (
	"os"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

// TestDraftAcceptAndJudge takes a lesson with two wrong outputs from nothing to a
// corrected text, as an author does.
func TestDraftAcceptAndJudge(t *testing.T) {
	source := strings.Replace(demo, "$ cat a.txt\none\n", "$ cat a.txt\neins\n", 1)
	dir := t.TempDir()
	file := write(t, dir, "demo.md", source)
	l, j := judged(t, file)
	drafted, err := l.Draft(nil, j.Walk.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "demo.claims.yaml", string(drafted))
	l, j = judged(t, file)
	wrong := 0
	for _, verdict := range verdicts(j) {
		if verdict == result.Contradicted {
			wrong++
		}
	}
	if wrong != 2 || len(j.Unexplained) > 0 {
		t.Errorf("%d claims contradicted, unexplained %q", wrong, j.Unexplained)
	}

	accepted, taken, err := l.Accept(drafted, j.Walk)
	if err != nil || len(taken) != 2 {
		t.Fatalf("%v %v", taken, err)
	}
	write(t, dir, "demo.claims.yaml", string(accepted))
	if l, err = Open(file); err != nil {
		t.Fatal(err)
	}
	corrected, err := l.Corrected()
	want := strings.Replace(demo, "zwei", "two", 1)
	if err != nil || string(corrected) != want {
		t.Errorf("%v\n%s", err, corrected)
	}
	write(t, dir, "demo.md", string(corrected))
	_, j = judged(t, file)
	for id, verdict := range verdicts(j) {
		if verdict == result.Contradicted {
			t.Errorf("%s is contradicted in the corrected lesson", id)
		}
	}
	if len(j.Document.Drift)+len(j.Unexplained) > 0 {
		t.Errorf("drift %v, unexplained %q", j.Document.Drift, j.Unexplained)
	}
}

func TestSumsAreRefreshed(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "demo.md", demo)
	walkFile := "lesson: demo\nauto: true # mine\nsteps:\n  - command: echo two >> a.txt\n    section: Files\n    sum: abc\n"
	write(t, dir, "demo.walk.yaml", walkFile)
	l, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Plan.Misfits) != 1 {
		t.Errorf("%q", l.Plan.Misfits)
	}
	refreshed, err := l.RefreshSums([]byte(walkFile))
	if err != nil || !strings.Contains(string(refreshed), "# mine") {
		t.Fatalf("%v\n%s", err, refreshed)
	}
	if err := os.WriteFile(WalkFile(file), refreshed, 0o644); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(file); err != nil || len(l.Plan.Misfits) > 0 {
		t.Errorf("%v %q", err, l.Plan.Misfits)
	}
}
