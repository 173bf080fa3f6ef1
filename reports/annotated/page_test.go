package annotated

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

func TestEveryClaimHasOneMarkAndOneNote(t *testing.T) {
	source := readLesson(t)
	page := render(t, source, twoEngines(t, source))
	for _, q := range append(quotes[:len(quotes):len(quotes)], quote{id: "lost/gone"}) {
		if strings.Count(page, ` id="`+q.id+`"`) != 1 || strings.Count(page, ` id="note:`+q.id+`"`) != 1 || !strings.Contains(page, `href="#note:`+q.id+`"`) {
			t.Errorf("%s does not have exactly one mark with a link to one note", q.id)
		}
	}
	seen := map[string]bool{}
	for _, found := range regexp.MustCompile(`<[^>]* id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if seen[found[1]] {
			t.Errorf("two elements have the id %s", found[1])
		}
		seen[found[1]] = true
	}
	for _, found := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !seen[found[1]] {
			t.Errorf("a link to #%s leads nowhere", found[1])
		}
	}
}

func TestSummary(t *testing.T) {
	source := readLesson(t)
	page := render(t, source, twoEngines(t, source))
	head := between(t, page, "<header>", "</header>")
	wantAll(t, head, "docker 26.1.5, docker-sid", "docker 26.1.5, docker-bookworm", "17 claims", "7 errata", "2 claims on which engines differ", "1 not as catalogued",
		`<td class="number">8</td><td class="number">7</td><td class="number">2</td>`, "3 of 4:")
	for _, result := range []string{"same", "substance", "fails", "not typed", "wording"} {
		wantAll(t, head, `1<span class="word"> `+result+`</span>`)
	}
	errata := between(t, page, `id="hf:errata"`, "</details>")
	wantAll(t, errata, `<a href="#code/second-exec">Line 123</a>`, "docker exec my-container", "<code>it</code> is not so", "(docker &gt;= 23.0)")
	wantAll(t, errata, `href="#code/version"`) // catalogued as wrong, and unverified
	for _, not := range []string{"table/command", "text/across-code"} {
		if strings.Contains(errata, not) {
			t.Errorf("%s is listed as an erratum, and has none on these engines", not)
		}
	}
	wantAll(t, between(t, page, "Not as catalogued <span", "</details>"), `href="#table/command"`)
	wantAll(t, between(t, page, "Engines differ <span", "</details>"), `href="#table/cell"`, "contradicted</span> docker 26.1.5, docker-sid", "holds</span> docker 26.1.5, docker-bookworm")
	drift := between(t, page, `id="hf:drifted" open`, "</details>")
	wantAll(t, drift, `<a href="#lost/gone">lost/gone</a>: gone`, "nothing like it", `<a href="#drifted:1">Line 216</a> prose in a file: moved`, `<a id="lost/gone"`)
	wantAll(t, between(t, page, `id="hf:uncovered"`, "</details>"), `<a href="#uncovered:0">Line 113</a>`, "The file exists.")
	wantAll(t, between(t, page, `id="hf:unverified"`, "</details>"), "needs a cloud", `href="#heading/title"`, "docker 26.1.5, docker-sid; docker 26.1.5, docker-bookworm")
	wantAll(t, page, "motivation: 1", "a substitute")
}

func TestNote(t *testing.T) {
	source := readLesson(t)
	page := render(t, source, twoEngines(t, source))
	note := between(t, page, `id="note:code/second-exec"`, "</article>")
	wantAll(t, note, "A section", "lesson line 123", "docker exec my-container cat /app/data/log.txt", "Erratum of the lesson", "<code>docker &gt;= 23.0</code>", "<code>it</code> is not so",
		"the corrected code/second-exec", `<a href="https://docs.docker.com/x"`, "what came instead of code/second-exec", "“spec of code/second-exec”", "did code/second-exec",
		"saw on docker-sid", "saw on docker-bookworm", "Evidence: 1 step")
	wantAll(t, between(t, page, `id="note:table/cell"`, "</article>"), "Engines differ on this claim")
	wantAll(t, between(t, page, `id="note:table/command"`, "</article>"), "unexpected: it is catalogued as holds")
	wantAll(t, between(t, page, `id="note:heading/title"`, "</article>"), "Why it is unverified", "needs a cloud")
}

func TestWalksAreBelowTheirBlocks(t *testing.T) {
	source := readLesson(t)
	page := render(t, source, twoEngines(t, source))
	article := between(t, page, `<article class="lesson">`, "</article></main>")
	below := func(block string) string {
		_, after, found := strings.Cut(article, block)
		if !found {
			t.Fatalf("the page has no block %q", block)
		}
		_, after, _ = strings.Cut(after, "</pre>\n")
		if !strings.HasPrefix(after, `<div class="walks">`) {
			t.Fatalf("below %q is %.60q and no walk", block, after)
		}
		return walks.FindString(after)
	}
	wantAll(t, below(">docker volume create my-data"), "typed on docker 26.1.5, docker-sid", "<i># to begin with", `<span class="prompt">student@laptop:~$ </span><b>docker volume create my-data</b>`)
	prune := below(">docker volume prune")
	wantAll(t, prune, "substance", "expected: wording", "differs by engine", "<code>my-data</code> stays", "(exit code 3)", `data-engine="1"`)
	printed := below("remove all local volumes")
	wantAll(t, printed, "<td><i>a blank line</i></td>", "The lesson says", "What was printed", "<code>Deleted Volumes:</code></td><td> <i>not printed</i>", "<code>WARNING! all</code></td><td><code>WARNING! anonymous</code> <i>in other words</i>")
	wantAll(t, below(">curl -X POST"), "fails", "curl \\\n&gt;   -X")
	wantAll(t, article, "not typed", "the service did not get ready", "Nothing was compared")
	wantAll(t, below(">import os"), "as ~/demo/app.py", "The file was created")
}

func TestBlocksThatTheTextLacksAreReported(t *testing.T) {
	source := readLesson(t)
	results := twoEngines(t, source)
	if page := render(t, source, results); strings.Contains(page, "does not fit the lesson") {
		t.Error("a walk that fits is reported as a misfit")
	}
	results[0].Walk.Blocks[0].Line++ // within the block, and not where it begins
	results[0].Walk.Misfits = []string{"a step for a block that is gone"}
	wantAll(t, between(t, render(t, source, results), "does not fit the lesson", "</details>"), "line 65: the walk has a block here", "a step for a block that is gone")
}

func TestPageNeedsNoNetwork(t *testing.T) {
	source := readLesson(t)
	page := render(t, source, twoEngines(t, source))
	wantAll(t, page, "default-src 'none'; script-src 'sha256-")
	for _, found := range regexp.MustCompile(`(?i)<(?:link|img|script|iframe|object|embed|video|audio|source)[^>]*>|@import|url\(|\bfetch\(|XMLHttpRequest|<[a-z]+[^>]* style=`).FindAllString(page, -1) {
		switch found {
		case `<link rel="icon" href="data:,">`, `<script type="application/json" id="hf:data">`, `<script>`:
		default:
			t.Errorf("the page contains %s", found)
		}
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	source := []byte("# Title " + hostile + "\n\n" + hostile + "\n\n<script>alert(1)</script>\n\n[run](javascript:alert(1)) [too]( \x01JavaScript:x) [d](data:text/html,x) ![p](https://evil.example/x.png)\n" +
		"[fine](https://example.com) [here](#x) [file](a/b.md?c:d)\n\n```\n" + hostile + "\n```\n")
	d := document(t, readLesson(t), hostile)
	d.Lesson.SHA256 = sumOf(source)
	d.Drift[0] = result.Drift{Claim: hostile, Kind: hostile, Detail: hostile}
	d.Uncovered, d.Prose = []result.Passage{{Line: 1, Start: 3, End: 9, Text: hostile}}, []result.Prose{{Line: 1, Start: 0, End: 3, Reason: hostile}}
	d.Leftovers = []string{hostile}
	for i := range d.Claims {
		c := &d.Claims[i]
		c.Start, c.End = i, len(source)-i
		c.Quote, c.Section, c.Reason, c.Erratum = hostile, hostile, hostile, &result.Erratum{On: hostile, Actually: hostile + "`" + hostile + "`", Correction: hostile, Source: "https://example.com/" + hostile}
		c.Evidence, c.Specs = []result.Evidence{{Did: hostile, Saw: hostile}}, []result.Spec{{Name: hostile, State: hostile}}
		c.Substitutes = []result.Substitute{{Wanted: hostile, Used: hostile}}
	}
	d.Claims[0].ID = `x" onclick="alert(1)`
	w := sampleWalk(d)
	for i := range w.Blocks {
		b := &w.Blocks[i]
		b.Place, b.Because, b.Reason, b.Line = hostile, hostile, hostile, 14
		b.Transcript = []result.Typing{{Entry: result.Entry{Prompt: hostile, Typed: hostile, Printed: hostile}, Aside: hostile}}
	}
	w.Misfits = []string{hostile}
	page := render(t, source, []Result{{d, w}})
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("the page has %d scripts, want 2", n)
	}
	for _, bad := range []string{"<img", "<!--", ` onclick="alert`, "javascript:alert(1)\"", `href="javascript`, `href="data:text`, `href=" `} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	wantAll(t, page, `href="https://example.com">`, `href="#x"`, `href="a/b.md?c:d"`, `aria-label="picture: p"`, "&lt;script&gt;alert(1)&lt;/script&gt;")
}

func TestRenderRejectsResultsOfAnotherText(t *testing.T) {
	source := readLesson(t)
	results := twoEngines(t, source)
	edited := append([]byte("More. "), source...)
	results[0].Walk, results[1].Walk = nil, nil
	err := Render(&bytes.Buffer{}, edited, results)
	if err == nil || !strings.Contains(err.Error(), "docker-sid") || !strings.Contains(err.Error(), "docker-bookworm") || !strings.Contains(err.Error(), "another text") {
		t.Errorf("edited lesson: %v", err)
	}
	var page bytes.Buffer
	results = twoEngines(t, source)
	results[1].Walk.Lesson.SHA256 = strings.Repeat("0", 64)
	err = Render(&page, source, results)
	if err == nil || !strings.Contains(err.Error(), "the walk of result 2 (docker 26.1.5, docker-bookworm)") || strings.Contains(err.Error(), "docker-sid") {
		t.Errorf("walk of another text: %v", err)
	}
	results = twoEngines(t, source)
	results[0].Verdicts.Claims[3].End = len(source) + 1
	if err = Render(&page, source, results); err == nil || !strings.Contains(err.Error(), "claim "+quotes[3].id) {
		t.Errorf("claim beyond the lesson: %v", err)
	}
	if err = Render(&page, source, nil); err == nil {
		t.Error("a page without results was rendered")
	}
	if page.Len() > 0 {
		t.Errorf("%d bytes of a rejected page were written", page.Len())
	}
}

// TestRealResults renders what runs on this machine left.
func TestRealResults(t *testing.T) {
	source := readLesson(t)
	var results []Result
	for _, path := range append(glob(t, "../out/*/verdicts.json"), glob(t, "../out/*/lesson/verdicts.json")...) {
		d, err := result.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if d.Lesson.SHA256 != sumOf(source) {
			continue
		}
		r := Result{Verdicts: d}
		walk := strings.TrimSuffix(path, "verdicts.json") + "walk.json"
		if _, err := os.Stat(walk); err == nil {
			if r.Walk, err = result.ReadWalk(walk); err != nil {
				t.Fatal(err)
			}
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		t.Skip("no run has left a report on this lesson here yet")
	}
	page := render(t, source, results)
	for _, r := range results {
		for _, c := range r.Verdicts.Claims {
			if c.End > 0 && !strings.Contains(page, ` id="`+c.ID+`" href="#note:`) {
				t.Errorf("%s is at bytes %d to %d and has no mark", c.ID, c.Start, c.End)
			}
		}
	}
}
