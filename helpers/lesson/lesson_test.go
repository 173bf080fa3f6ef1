package lesson

import (
	"os"
	"strings"
	"testing"
)

func ours(t testing.TB) *Lesson {
	t.Helper()
	source, err := os.ReadFile("../../fixtures/lessons/volumes-and-persistent-data.md")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(source))
}

func parse(t testing.TB, source string) *Lesson {
	t.Helper()
	l, err := Parse("lesson", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	check(t, l)
	return l
}

func blockAt(t testing.TB, l *Lesson, line int) Block {
	t.Helper()
	for _, b := range l.Blocks {
		if b.Line == line {
			return b
		}
	}
	t.Fatalf("no block on line %d", line)
	return Block{}
}

func kinds(l *Lesson) map[Kind]int {
	count := map[Kind]int{}
	for _, s := range l.Statements {
		count[s.Kind]++
	}
	return count
}

func TestOurLesson(t *testing.T) {
	l := ours(t)
	blocks, languages := map[Kind]int{}, map[string]int{}
	lines := 0
	for _, b := range l.Blocks {
		blocks[b.Kind]++
		if b.Kind != Output {
			languages[b.Language()]++
		}
		for _, c := range b.Commands {
			if c.Text != "" {
				lines += 1 + strings.Count(c.Text, "\n")
			}
		}
	}
	statements := kinds(l)
	for _, want := range []struct {
		what      string
		got, want int
	}{
		{"blocks", len(l.Blocks), 64},
		{"bash blocks", blocks[Command], 30},
		{"output blocks", blocks[Output], 20},
		{"file blocks", blocks[File], 11},
		{"fragments", blocks[Fragment], 3},
		{"compose files and fragments", languages["yaml"], 7},
		{"Dockerfiles", languages["dockerfile"], 3},
		{"pieces of Python", languages["python"], 4},
		{"command lines as written", lines, 52},
		{"commands, continuation lines joined", statements[Command], 45},
		{"comments in bash blocks", statements[Comment], 4},
		{"sentences", statements[Sentence], 139},
		{"sentences of items", statements[Item], 32},
		{"rows", statements[Row], 16},
		{"entries of the front matter", statements[FrontMatter], 41},
		{"headings", statements[Heading], 31},
		{"headers of tables", statements[Header], 2},
		{"all statements", len(l.Statements), 344},
		{"sections", len(l.Sections), 31},
	} {
		if want.got != want.want {
			t.Errorf("%s: %d, want %d", want.what, want.got, want.want)
		}
	}
	rows := map[string]int{}
	for _, s := range l.Statements {
		if s.Kind == Row {
			rows[s.Section]++
		}
	}
	if rows["Volume Drivers and Storage Plugins"] != 6 || rows["Common Volume Commands Reference"] != 10 {
		t.Errorf("rows: %v", rows)
	}
}

func TestPositionsInOurLesson(t *testing.T) {
	l := ours(t)
	prune := blockAt(t, l, 290)
	if prune.Kind != Output || prune.Line != 290 || prune.Section != "Volume Lifecycle Commands" || prune.Caption != "**Output:**" {
		t.Errorf("prune: %+v", prune)
	}
	app := l.Blocks[0]
	if app.Name != "app.py" || app.Line != 64 || app.Info != "python" || !strings.HasSuffix(app.Content, "print(f.read())\n") {
		t.Errorf("app.py: %+v", app)
	}
	section := l.SectionAt(prune.Start)
	if got := strings.Join(section.Path, "/"); got != "Volumes and Persistent Data/Named Volumes: Docker-Managed Persistence/Volume Lifecycle Commands" {
		t.Errorf("path: %s", got)
	}
	if section.Line != 255 || section.Level != 3 || section.BodyEnd != section.End {
		t.Errorf("section: %+v", section)
	}
	var title Field
	for _, f := range l.FrontMatter {
		if f.Path == "learning_objectives[0].description" {
			title = f
		}
	}
	if title.Line != 16 || title.Value != "Explain why containers are ephemeral and why persistent data requires volumes" {
		t.Errorf("field: %+v", title)
	}
}

func TestRefusesWhatIsNotText(t *testing.T) {
	if _, err := Parse("x", []byte("one\ntwo \xff\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("invalid UTF-8: %v", err)
	}
	if _, err := Parse("x", make([]byte, MaxSize+1)); err == nil {
		t.Error("too large: no error")
	}
}

func TestOddMarkdown(t *testing.T) {
	type s struct {
		kind Kind
		line int
		text string
	}
	for name, c := range map[string]struct {
		source string
		want   []s
	}{
		"empty":                    {"", nil},
		"only a mark":              {"\ufeff", nil},
		"only white space":         {" \n\t\n", nil},
		"byte order mark":          {"\ufeffOne. Two.\n", []s{{Sentence, 1, "One."}, {Sentence, 1, "Two."}}},
		"mark and front matter":    {"\ufeff---\na: 1\n---\nOne.\n", []s{{FrontMatter, 2, "a: 1"}, {Sentence, 4, "One."}}},
		"CRLF":                     {"# T\r\n\r\nOne\r\nline. Two.\r\n\r\n```bash\r\nls \\\r\n  -l\r\n```\r\n", []s{{Heading, 1, "T"}, {Sentence, 3, "One\r\nline."}, {Sentence, 4, "Two."}, {Command, 7, "ls \\\r\n  -l"}}},
		"hard breaks with CRLF":    {"**Goal**: speed  \r\n**Cost**: none\r\n", []s{{Sentence, 1, "**Goal**: speed"}, {Sentence, 2, "**Cost**: none"}}},
		"titles of directives":     {":::danger Prune deletes named volumes\nMind this.\n:::\n\n:::tip[Stop first]\nOne.\n:::\n\n::: warning Data is lost\n:::\n", []s{{Sentence, 1, "Prune deletes named volumes"}, {Sentence, 2, "Mind this."}, {Sentence, 5, "Stop first"}, {Sentence, 6, "One."}, {Sentence, 9, "Data is lost"}}},
		"html with several facts":  {"<ul><li>One is long and <b>true</b>.</li><li>Two.</li></ul>\n\n<Tip title=\"Named volumes stay\">\nFine. Good.\n</Tip>\n", []s{{HTML, 1, "One is long and <b>true</b>."}, {HTML, 1, "Two."}, {Sentence, 3, "Named volumes stay"}, {Sentence, 4, "Fine."}, {Sentence, 4, "Good."}}},
		"nested list":              {"- A one. A two.\n  - B\n\n    more B\n\n    ```bash\n    ls\n    ```\n", []s{{Item, 1, "A one."}, {Item, 1, "A two."}, {Item, 2, "B"}, {Item, 4, "more B"}, {Command, 7, "ls"}}},
		"quote":                    {"> One\n> line. Two.\n>\n> - item\n", []s{{Sentence, 1, "One\n> line."}, {Sentence, 2, "Two."}, {Item, 4, "item"}}},
		"table with pipes in code": {"| A | B |\n|---|---|\n| `a \\| b` | c |\n| `x | y` | z |\n", []s{{Header, 1, "| A | B |"}, {Row, 3, "| `a \\| b` | c |"}, {Row, 4, "| `x | y` | z |"}}},
		"table in a list":          {"- T:\n\n  | A | B |\n  |---|---|\n  | c | d |\n", []s{{Item, 1, "T:"}, {Header, 3, "| A | B |"}, {Row, 5, "| c | d |"}}},
		"unclosed fence":           {"**Output:**\n```\nhello\nworld", []s{{Output, 3, "hello\nworld"}}},
		"empty fence":              {"```bash\n```\n", nil},
		"tilde fence":              {"~~~sh\nls ```\n~~~\n", []s{{Command, 2, "ls ```"}}},
		"indented code":            {"Run:\n\n\ta:\n\tb:\n", []s{{Sentence, 1, "Run:"}, {Fragment, 3, "a:\n\tb:\n"}}},
		"tabs in a list":           {"-\tOne\n\n\t```sh\n\tls\n\t```\n", []s{{Item, 1, "One"}, {Command, 4, "ls"}}},
		"setext headings":          {"Title\n=====\n\nOne.\n\nSub\n---\nTwo.\n", []s{{Heading, 1, "Title"}, {Sentence, 4, "One."}, {Heading, 6, "Sub"}, {Sentence, 8, "Two."}}},
		"html":                     {"<!-- note -->\n\n<div>\nSome words\n</div>\n\nOne.\n", []s{{HTML, 4, "Some words"}, {Sentence, 7, "One."}}},
		"hard breaks":              {"**Goal**: speed  \n**Cost**: none\n", []s{{Sentence, 1, "**Goal**: speed"}, {Sentence, 2, "**Cost**: none"}}},
		"directives":               {":::note\nMind this.\n:::\n", []s{{Sentence, 2, "Mind this."}}},
		"caption without block":    {"**Output:**\n\nNothing.\n", []s{{Sentence, 1, "**Output:**"}, {Sentence, 3, "Nothing."}}},
		"caption below text":       {"Run it.\n**Output:**\n```\nhi\n```\n", []s{{Sentence, 1, "Run it."}, {Output, 4, "hi\n"}}},
		"shell file":               {"**File**: `run.sh`\n```bash\nls\n```\n", []s{{File, 3, "ls\n"}}},
		"titled file":              {"```yaml title=\"a.yaml\"\na: 1\n```\n", []s{{File, 2, "a: 1\n"}}},
		"rule, no front matter":    {"---\n\nOne.\n\n---\n", []s{{Sentence, 3, "One."}}},
		"front matter, never shut": {"---\na: 1\n", []s{{Sentence, 2, "a: 1"}}},
		"front matter, broken":     {"---\na: [1\nb: x\n---\nOne.\n", []s{{FrontMatter, 2, "a: [1"}, {FrontMatter, 3, "b: x"}, {Sentence, 5, "One."}}},
		"front matter, folded":     {"---\na: >\n  one\n  two\n# why\nb: [x, y]\nc:\n  - é: 1\n    d: 2\n---\n", []s{{FrontMatter, 2, "a: >\n  one\n  two"}, {FrontMatter, 6, "b: [x, y]"}, {FrontMatter, 8, "é: 1"}, {FrontMatter, 9, "d: 2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []s
			for _, st := range parse(t, c.source).Statements {
				got = append(got, s{st.Kind, st.Line, st.Text})
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %+v\nwant %+v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %+v\nwant %+v", got[i], c.want[i])
				}
			}
		})
	}
}

func TestBlockContent(t *testing.T) {
	l := parse(t, "1. Do:\n\n   **File: a.yaml**\n   ```yaml\n   a:\n     - b\n\n   ```\n\n> ```\n> x\n> ```\n")
	if b := l.Blocks[0]; b.Kind != File || b.Name != "a.yaml" || b.Content != "a:\n  - b\n\n" {
		t.Errorf("in a list: %+v", b)
	}
	if b := l.Blocks[1]; b.Content != "x\n" || b.Ordinal != 2 {
		t.Errorf("in a quote: %+v", b)
	}
}

func TestSections(t *testing.T) {
	l := parse(t, "intro\n\n# A\n\n## B `x`\n\ntext\n\n# C\n")
	b := l.Sections[1]
	if strings.Join(b.Path, "/") != "A/B `x`" || b.Line != 5 || l.Sections[0].End != l.Sections[2].Start || l.Sections[0].BodyEnd != b.Start {
		t.Errorf("%+v", l.Sections)
	}
	s := l.Statements[0]
	if s.Section != TopSection {
		t.Errorf("above the first heading: %q", s.Section)
	}
	if at, d := l.Locate(Quote{Section: TopSection, Exact: s.Text}); d.Kind != None || at.Line != 1 {
		t.Errorf("line %d: %s", at.Line, d)
	}
}
