package page

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

func build(t testing.TB, sources []Source) string {
	t.Helper()
	var page bytes.Buffer
	if err := Build(&page, sources); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// embedded decodes the data block with this id, as the page's script does.
func embedded(t *testing.T, page, id string, into any) {
	t.Helper()
	_, rest, found := strings.Cut(page, `<script type="application/json" id="`+id+`">`)
	text, _, ended := strings.Cut(rest, "</script>")
	if !found || !ended {
		t.Fatalf("the page has no data block %q", id)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("data block %q: %v", id, err)
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	sources := fleet(1, 1)
	d := &sources[0].Document
	d.Engine.Release, d.Engine.OperatingSystem = hostile, hostile
	c := &d.Claims[0]
	c.ID, c.Section, c.Quote, c.Reason, c.Evidence[0].Did, c.Evidence[0].Saw = "a/"+hostile, hostile, hostile, hostile, hostile, hostile

	page := build(t, sources)

	plain := build(t, fleet(1, 1))
	for _, mark := range []string{"<script", "</script", "<img", "<!--"} {
		if strings.Count(page, mark) != strings.Count(plain, mark) {
			t.Errorf("hostile text became markup: %q", mark)
		}
	}
	var data index
	embedded(t, page, "index", &data)
	if data.Claims[0].Quote != hostile || data.Runs[0].Engine.OperatingSystem != hostile {
		t.Errorf("the text changed: %q", data.Claims[0].Quote)
	}
	if key := data.Runs[0].Key; strings.ContainsAny(key, `<>"' :,|`) {
		t.Errorf("the key %q is unsafe in an address", key)
	}
}

func TestPageNeedsNoNetwork(t *testing.T) {
	page := build(t, fleet(1, 0))
	for _, reference := range regexp.MustCompile(`(?i)(?:src|href)\s*=\s*"([^"]*)"|url\(|@import`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(reference[1], "#") && reference[1] != "data:," {
			t.Errorf("the page refers to %q", reference[0])
		}
	}
	for _, want := range []string{"default-src 'none'", "script-src 'sha256-", "style-src 'sha256-"} {
		if !strings.Contains(page, want) {
			t.Errorf("the policy lacks %q", want)
		}
	}
	if strings.Contains(page, "unsafe") || strings.Contains(page, "innerHTML") {
		t.Error("the page contains unsafe or innerHTML")
	}
}

func TestRunsOfOneEngineHaveDistinctKeys(t *testing.T) {
	sources := fleet(1, 2)
	older := sources[0]
	older.Document.Run.ID, older.Document.Run.Started = "before", "2026-10-01T05:00:00Z"
	same := older
	same.Document.Run.ID, same.Document.Run.Started = "same day", "2026-11-01T04:00:00Z"
	twice := sources[0]
	twice.Path = "another/verdicts.json"

	merged, _ := merge([]Source{sources[0], older, twice, same})

	var keys []string
	for _, run := range merged.Runs {
		keys = append(keys, run.Key)
	}
	want := []string{"docker-lab0@2026-10-01", "docker-lab0@2026-11-01", "docker-lab0"}
	if !slices.Equal(keys, want) {
		t.Errorf("keys are %q, want %q", keys, want)
	}
	sources[0].Document.Claims[1].Verdict = result.Contradicted
	merged, _ = merge([]Source{sources[0]})
	if merged.Claims[1].Cells != "C" {
		t.Errorf("an unexpected contradiction is %q", merged.Claims[1].Cells)
	}
}

func TestKeysAreUnique(t *testing.T) {
	sources := fleet(1, 1)
	for _, id := range []string{"b", "c", "d"} {
		again := sources[0]
		again.Document.Run.ID = id // in the same second
		sources = append(sources, again)
	}
	keys := keysOf(join(arrange(sources)))
	slices.Sort(keys)
	if len(slices.Compact(slices.Clone(keys))) != 4 {
		t.Errorf("keys are %q", keys)
	}
}

func TestClaimsFollowTheLesson(t *testing.T) {
	at := func(id, section string, line int) row {
		return row{ID: id, entry: entry{Lesson: "l", Section: section, Line: line}}
	}
	rows := []row{at("z/lost", "Gone", 0), at("b/2", "Second", 40), at("a/9", "First", 30), at("c/lost", "First", 0), at("b/1", "Second", 35), at("z/1", "First", 2), at("f/1", frontMatter, 1)}
	sortRows(rows)
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	if want := []string{"z/1", "a/9", "c/lost", "b/1", "b/2", "f/1", "z/lost"}; !slices.Equal(ids, want) {
		t.Errorf("the order is %q, want %q", ids, want)
	}
}

func TestEnginesSortByVersion(t *testing.T) {
	versions := []string{"28.5.2+dfsg4", "9.1", "20.10.24+dfsg1", "28.5.2", "20.10.9", ""}
	slices.SortFunc(versions, compareVersions)
	if want := []string{"", "9.1", "20.10.9", "20.10.24+dfsg1", "28.5.2", "28.5.2+dfsg4"}; !slices.Equal(versions, want) {
		t.Errorf("the order is %q, want %q", versions, want)
	}
}

func TestEditedLessonKeepsBothQuotes(t *testing.T) {
	before, after := fleet(1, 1)[0], fleet(1, 1)[0]
	before.Document.Run.Started, before.Document.Claims[0].Quote = "2026-10-01T05:00:00Z", "As it was."

	merged, details := merge([]Source{after, before})

	if merged.Claims[0].Quote != after.Document.Claims[0].Quote {
		t.Errorf("the claim has the quote %q, not the newest one", merged.Claims[0].Quote)
	}
	if own := details[0].Cells[0].Own; own == nil || own.Quote != "As it was." {
		t.Errorf("the older run's own entry is %v", own)
	}
}

func TestReadReportsInvalidFilesAndReadsTheOthers(t *testing.T) {
	dir := t.TempDir()
	whole, err := json.Marshal(fleet(1, 2)[0].Document)
	if err != nil {
		t.Fatal(err)
	}
	invalid := map[string]string{
		"truncated": string(whole[:len(whole)/2]),
		"foreign":   `{"version":"2.1.0","runs":[]}`,
		"verdict":   strings.Replace(string(whole), `"verdict":"holds"`, `"verdict":"maybe"`, 1),
		"twice":     strings.Replace(string(whole), "claim-001", "claim-000", 1),
		"time":      strings.Replace(string(whole), `"started":"2026-11-01T05:00:00Z"`, `"started":"yesterday"`, 1),
	}
	for name, text := range invalid {
		write(t, filepath.Join(dir, name, "verdicts.json"), text)
	}
	write(t, filepath.Join(dir, "good", "verdicts.json"), string(whole))

	paths := Expand([]string{dir, filepath.Join(dir, "*", "verdicts.json"), filepath.Join(dir, "absent.json")})
	sources, refused := Read(paths)

	if len(paths) != len(invalid)+2 {
		t.Errorf("the arguments expand to %q", paths)
	}
	if len(sources) != 1 || !strings.Contains(sources[0].Path, "good") {
		t.Errorf("%d files were read, want the valid one", len(sources))
	}
	for _, name := range append(slices.Collect(maps.Keys(invalid)), "absent.json") {
		if refused == nil || !strings.Contains(refused.Error(), filepath.Join(dir, name)) {
			t.Errorf("the error does not name %s: %v", name, refused)
		}
	}
}

func TestResultsAreThoseOfLessonAndContract(t *testing.T) {
	dir := t.TempDir()
	sources := withContract(1, 2, 2)
	for name, d := range map[string]result.Document{"verdicts.json": sources[0].Document, "container-storage/verdicts.json": sources[1].Document, "lesson/verdicts.json": sources[0].Document} {
		if err := result.Write(filepath.Join(dir, "docker-lab0", name), d); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Read(Results(dir))
	if err != nil || len(found) != 2 || found[1].Document.Lesson.Kind != result.Contract {
		t.Errorf("%d results, %v", len(found), err)
	}
	if described := Describe(found); described != "4 claims of 1 run" {
		t.Errorf("described as %q", described)
	}
}

func TestBuildRejectsNoRuns(t *testing.T) {
	if err := Build(&bytes.Buffer{}, nil); err == nil {
		t.Error("a page without runs was built")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkBuild(b *testing.B) {
	sources := fleet(20, 300)
	for b.Loop() {
		build(b, sources)
	}
}
