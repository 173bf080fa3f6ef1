//go:build linux || darwin

package sidecar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student"
)

// demo is a lesson about files, since units have no engine.
const demo = `---
title: Files
---

# Files

A file keeps what is written to it. It is empty at first.

` + "```console\n$ echo one > a.txt\n$ cat a.txt\none\n```\n" + `
Appending adds a second line:

` + "```bash\necho two >> a.txt\ncat a.txt\n```\n\nYou should see:\n\n```\none\nzwei\n```\n" + `
## Removing

The file is gone after this, and its directory too.

` + "```bash\nrm a.txt\n```\n"

const demoClaims = `lesson: demo
headings: definition
claims:
  - id: demo/keeps
    section: Files
    quote: A file keeps what is written to it.
    by: walk
  - id: demo/empty
    section: Files
    quote: It is empty at first.
    by: todo
  - id: demo/first
    section: Files
    block: $ echo one > a.txt
    by: walk
  - id: demo/append
    section: Files
    block: echo two >> a.txt
    by: walk
  - id: demo/appended
    section: Files
    block: one
    by: walk
    erratum: {actually: the line is what was written, correction: "one\ntwo\n", source: typed}
  - id: demo/gone
    section: Removing
    quote: The file is gone after this, and its directory too.
    check:
      - {run: ls a.txt, fails: true, prints: "ls: cannot access 'a.txt': No such file or directory"}
      - {run: pwd, prints: /nowhere}
    erratum: {actually: the directory stays, correction: "The file is gone after this, but not its directory.", source: typed}
  - id: demo/removes
    section: Removing
    block: rm a.txt
    by: walk
prose:
  - {section: Files, quote: "Appending adds a second line:", reason: instruction}
`

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func judged(t *testing.T, file string) (*Lesson, Judgement) {
	t.Helper()
	l, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	session, err := student.NewSession(student.Config{Dir: t.TempDir()})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	facts := engine.Facts{Engine: result.Engine{Name: "docker", Version: "28.0.0", API: "1.47"}}
	j, err := l.judge(t.Context(), session, facts, result.Tools{}, func(result.Block) {})
	if err != nil {
		t.Fatal(err)
	}
	return l, j
}

func verdicts(j Judgement) map[string]string {
	all := map[string]string{}
	for _, c := range j.Document.Claims {
		all[strings.TrimPrefix(c.ID, "demo/")] = c.Verdict
	}
	return all
}

func TestALessonIsJudgedByTheFilesBesideIt(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "demo.md", demo)
	write(t, dir, "demo.claims.yaml", demoClaims)
	l, j := judged(t, file)
	want := map[string]string{"keeps": result.Holds, "empty": result.Unverified, "first": result.Holds, "append": result.Holds, "appended": result.Contradicted,
		"gone": result.Contradicted, "removes": result.Holds}
	for id, verdict := range verdicts(j) {
		if verdict != want[id] {
			t.Errorf("%s: %s, want %s", id, verdict, want[id])
		}
	}
	if len(j.Document.Claims) != len(want) || len(j.Document.Drift) > 0 || len(j.Walk.Misfits) > 0 || len(j.Unexplained) > 0 {
		t.Errorf("%d claims, drift %v, misfits %v, unexplained %v", len(j.Document.Claims), j.Document.Drift, j.Walk.Misfits, j.Unexplained)
	}
	if len(j.Todo) != 2 || !strings.Contains(j.Todo[0], "demo/empty") || !strings.Contains(j.Todo[1], "You should see:") {
		t.Errorf("todo: %q", j.Todo)
	}

	corrected, err := l.Corrected()
	if err != nil || !strings.Contains(string(corrected), "one\ntwo\n```") {
		t.Fatalf("%q %v", corrected, err)
	}
	write(t, dir, "demo.md", string(corrected))
	l, j = judged(t, file)
	if got := verdicts(j); got["appended"] != result.Holds || got["gone"] != result.Holds || got["append"] != result.Holds || len(j.Document.Drift) > 0 {
		t.Errorf("the corrected lesson: %v, drift %v", got, j.Document.Drift)
	}
	if again, err := l.Corrected(); err != nil || string(again) != string(corrected) {
		t.Errorf("corrected again: %q %v", again, err)
	}
}

func TestALessonWithoutSideCarsIsAllTodo(t *testing.T) {
	_, j := judged(t, write(t, t.TempDir(), "demo.md", demo))
	if len(j.Todo) == 0 || len(j.Unexplained) != 1 || len(j.Document.Claims) > 0 {
		t.Errorf("todo %q, unexplained %q", j.Todo, j.Unexplained)
	}
}

func TestAWalkFileAddsToWhatIsInferred(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "demo.md", demo)
	write(t, dir, "demo.walk.yaml", "lesson: demo\nauto: true\nsteps:\n  - {command: rm a.txt, section: Removing, skip: it is kept}\n  - {command: gone, section: Removing}\n")
	l, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if last := l.Plan.Steps[len(l.Plan.Steps)-1]; last.Skip != "it is kept" {
		t.Errorf("%+v", last.Step)
	}
	if len(l.Plan.Misfits) != 1 || !strings.Contains(l.Plan.Misfits[0], "demo.walk.yaml:5: ") {
		t.Errorf("%q", l.Plan.Misfits)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "# A\n")
	write(t, dir, "b.md", "# B\n")
	write(t, dir, "b.claims.yaml", "lesson: b\n")
	if files, err := Find(dir); err != nil || len(files) != 1 || filepath.Base(files[0]) != "b.md" {
		t.Errorf("%q %v", files, err)
	}
	if _, err := Find(t.TempDir()); err == nil || !strings.Contains(err.Error(), "make draft") {
		t.Error(err)
	}
}
