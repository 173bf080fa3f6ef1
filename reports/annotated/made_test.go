package annotated

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

// hostile is text that a page must not interpret as markup.
const hostile = `</script><script>document.title='pwned'</script><img src=x onerror="document.title='pwned'"> <!-- ]]> ` + "\u2028"

func readLesson(t testing.TB) []byte {
	t.Helper()
	source, err := os.ReadFile("../../fixtures/lessons/volumes-and-persistent-data.md")
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func sumOf(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:])
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// quote is a claim for the tests, at the nth occurrence of its text.
type quote struct {
	id, text string
	nth      int
}

// quotes has one of each kind of claim: part of a sentence, across emphasis and
// code, a table row and a cell in it, a heading, front matter, lines of code, a
// claim within another, and two claims on the same words.
var quotes = []quote{
	{"front/duration", "duration_minutes: 60", 1},
	{"heading/title", "Named Volumes (Docker-Managed Persistence)", 1},
	{"text/ephemeral", "Containers are designed to be ephemeral—temporary, reproducible, disposable.", 1},
	{"text/within", "reproducible", 1},
	{"text/again", "reproducible", 1},
	{"text/across-code", "The `Mountpoint` shows where Docker stores the volume", 1},
	{"text/across-emphasis", "**Why?** Each container gets a fresh filesystem isolated from all others.", 1},
	{"text/overlap", "isolated from all others. The data from the first container is gone", 1},
	{"code/version", "version: '3.8'\n\nservices:", 1},
	{"code/second-exec", "docker exec my-container cat /app/data/log.txt", 2},
	{"code/whole-line", "docker exec my-container cat /app/data/log.txt 2>&1 || echo \"File not found\"\n", 1},
	{"code/prune", "Deleted Volumes:\nmy-data", 1},
	{"table/row", "| **nfs** | Network file system | Shared storage across hosts |", 1},
	{"table/cell", "Network file system", 1},
	{"table/command", "`docker volume prune`", 1},
	{"list/item", "**Source code**: Bind mount (edit locally, see changes instantly)", 1},
}

func find(t testing.TB, source []byte, q quote) (start, end int) {
	t.Helper()
	at := 0
	for range q.nth {
		n := bytes.Index(source[at:], []byte(q.text))
		if n < 0 {
			t.Fatalf("the lesson has no %q", q.text)
		}
		start, at = at+n, at+n+1
	}
	return start, start + len(q.text)
}

// document returns the results of a lab release: every third claim is contradicted,
// two are unverified, and one has no position in the lesson.
func document(t testing.TB, source []byte, release string) result.Document {
	t.Helper()
	d := result.Document{
		Schema: result.Schema,
		Run:    result.Run{ID: "run", Started: "2026-11-23T05:00:00Z", Seconds: 12, Procs: 2, Specs: 3, Containers: 4, Passed: true},
		Engine: result.Engine{Name: "docker", Version: "26.1.5+dfsg1", API: "1.45", OS: "linux", Arch: "amd64", Compose: "5.6.0", Provider: "lab", Release: release},
		Lesson: result.Lesson{ID: "volumes-and-persistent-data", SHA256: sumOf(source)},
		Drift:  []result.Drift{{Claim: "lost/gone", Kind: "gone", Detail: "nothing like it"}, {Claim: "prose in a file", Kind: "moved", Detail: "to another line"}},
	}
	for i, q := range quotes {
		start, end := find(t, source, q)
		c := result.Claim{
			ID: q.id, Section: "A section", Line: 1 + bytes.Count(source[:start], []byte("\n")), Start: start, End: end, Quote: q.text,
			Verdict: result.Holds, Expected: result.Holds,
			Specs:    []result.Spec{{Name: "spec of " + q.id, State: "passed", Seconds: 0.4}},
			Evidence: []result.Evidence{{Did: "did " + q.id, Saw: "saw on " + release}},
		}
		switch {
		case i%3 == 0:
			c.Verdict, c.Expected, c.Reason = result.Contradicted, result.Contradicted, "what came instead of "+q.id
			c.Erratum = &result.Erratum{On: "docker >= 23.0", Actually: "`it` is not so", Correction: "the corrected " + q.id, Source: "https://docs.docker.com/x"}
		case i%7 == 1:
			c.Verdict, c.Reason, c.Evidence = result.Unverified, "needs a cloud", nil
		}
		d.Claims = append(d.Claims, c)
	}
	claimOf(t, &d, "code/version").Expected = result.Contradicted
	for _, id := range []string{"code/version", "text/across-code"} {
		claimOf(t, &d, id).Erratum = &result.Erratum{On: "podman", Actually: "not on podman", Source: "s"}
	}
	d.Claims = append(d.Claims, result.Claim{ID: "lost/gone", Section: "A section", Quote: "no such words", Verdict: result.Holds, Expected: result.Holds})
	d.Drift[1].Line = claimOf(t, &d, "text/across-code").Line
	start, end := find(t, source, quote{"", "The file exists.", 1})
	d.Uncovered = []result.Passage{{Line: 113, Start: start, End: end, Text: "The file exists."}}
	start, end = find(t, source, quote{"", "Each solves a different problem:", 1})
	d.Prose = []result.Prose{{Line: 140, Start: start, End: end, Reason: "motivation"}}
	return d
}

// claimOf returns the claim with this id.
func claimOf(t testing.TB, d *result.Document, id string) *result.Claim {
	t.Helper()
	for i := range d.Claims {
		if d.Claims[i].ID == id {
			return &d.Claims[i]
		}
	}
	t.Fatalf("there is no claim %s", id)
	return nil
}

// sampleWalk returns a walk of the real lesson with each kind of block and each result.
func sampleWalk(d result.Document) *result.Walk {
	text := func(s string) *string { return &s }
	return &result.Walk{
		Schema: result.WalkSchema, Engine: result.Engine{Name: "docker", Version: d.Engine.Version, Release: d.Engine.Release},
		Lesson: result.Lesson{ID: d.Lesson.ID, SHA256: d.Lesson.SHA256}, Tools: result.Tools{Images: map[string]string{"python:3.12-slim": "a substitute"}},
		Blocks: []result.Block{
			{Kind: "file", Line: 64, Typed: true, Place: "~/demo/app.py"},
			{Kind: "command", Line: 175, Typed: true, Result: result.Same, Expected: result.Same, OutputLine: 180,
				Transcript: []result.Typing{{Aside: "to begin with"}, {Entry: result.Entry{Prompt: "student@laptop:~$ ", Typed: "docker volume create my-data", Printed: "my-data\n"}}},
				Comparison: &result.Comparison{Kind: result.Same, Rows: []result.Row{{Lesson: text("my-data"), Printed: text("my-data"), Kind: result.Same}}}},
			{Kind: "command", Line: 285, Typed: true, Result: result.Substance, Expected: result.Wording, Because: "`my-data` stays", OutputLine: 290,
				Transcript: []result.Typing{{Entry: result.Entry{Prompt: "$ ", Typed: "docker volume prune", Printed: "WARNING! anonymous\n", Status: 3}}},
				Comparison: &result.Comparison{Kind: result.Substance, Rows: []result.Row{
					{Lesson: text("Deleted Volumes:"), Kind: result.Substance, Note: "not printed"},
					{Lesson: text(""), Kind: result.Substance, Note: "not printed"},
					{Lesson: text("WARNING! all"), Printed: text("WARNING! anonymous"), Kind: result.Wording, Note: "in other words"},
				}}},
			{Kind: "command", Line: 550, Typed: true, Result: result.Fails, Expected: result.Fails, Transcript: []result.Typing{{Entry: result.Entry{Prompt: "$ ", Typed: "curl \\\n  -X", Printed: "404"}}}},
			{Kind: "command", Line: 620, Reason: "the service did not get ready", Expected: result.Wording, OutputLine: 625},
			{Kind: "edit", Line: 632, Typed: true, Place: "~/agent/src/app.py"},
		},
	}
}

// twoEngines returns results that differ on one claim and in one block. On the
// second engine one claim is not as catalogued.
func twoEngines(t testing.TB, source []byte) []Result {
	t.Helper()
	one, two := document(t, source, "docker-sid"), document(t, source, "docker-bookworm")
	prune := claimOf(t, &two, "table/cell")
	claimOf(t, &one, "table/cell").Verdict = result.Contradicted
	claimOf(t, &one, "table/cell").Expected = result.Contradicted
	prune.Verdict = result.Holds
	claimOf(t, &two, "table/command").Verdict = result.Contradicted
	claimOf(t, &two, "table/command").Expected = result.Holds
	claimOf(t, &two, "table/command").Erratum = nil
	other := sampleWalk(two)
	other.Blocks[2].Result = result.Wording
	return []Result{{one, sampleWalk(one)}, {two, other}}
}

func render(t testing.TB, source []byte, results []Result) string {
	t.Helper()
	var page bytes.Buffer
	if err := Render(&page, source, results); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func wantAll(t *testing.T, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// between returns the part of a page between two texts.
func between(t *testing.T, page, from, to string) string {
	t.Helper()
	_, after, found := strings.Cut(page, from)
	part, _, closed := strings.Cut(after, to)
	if !found || !closed {
		t.Fatalf("the page has nothing between %q and %q", from, to)
	}
	return part
}
