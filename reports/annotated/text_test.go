package annotated

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

var (
	tag   = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)[^>]*>`)
	walks = regexp.MustCompile(`(?s)<div class="walks">.*?</div>\n`)
	front = regexp.MustCompile(`(?s)<details class="front">.*?</details>\n`)
)

// words returns the text of HTML without its elements.
func words(page string) string {
	page = regexp.MustCompile(`<!--[^>]*-->\n?`).ReplaceAllString(page, "")
	return html.UnescapeString(tag.ReplaceAllString(page, ""))
}

// plain returns the text of the Markdown as goldmark renders it. omitted reports
// whether goldmark omitted raw HTML, which the annotated lesson shows.
func plain(t testing.TB, markdown []byte) (text string, omitted bool) {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	if err := md.Convert(markdown, &out); err != nil {
		t.Fatal(err)
	}
	return words(out.String()), strings.Contains(out.String(), "<!-- raw HTML omitted -->")
}

// annotate renders the text with marks and nothing else.
func annotate(t testing.TB, source []byte, marks []mark) string {
	t.Helper()
	page, err := newAnnotator(source, marks).render(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// check asserts what is true of any annotated text: it equals the plain text, its
// elements are balanced, no mark has two signs, and no sign is in a link.
func check(t testing.TB, source []byte, marks []mark) {
	t.Helper()
	page := annotate(t, source, marks)
	if got, want := words(page), words(annotate(t, source, nil)); got != want {
		t.Fatalf("marks changed the text:\n%s", firstDifference(got, want))
	}
	_, _, body := frontMatter(source)
	if want, omitted := plain(t, source[body:]); !omitted {
		if got := words(front.ReplaceAllString(page, "")); got != want {
			t.Fatalf("the text differs from goldmark's:\n%s", firstDifference(got, want))
		}
	}
	var open []string
	for _, found := range tag.FindAllStringSubmatch(page, -1) {
		name := found[2]
		switch {
		case found[1] == "" && name == "a" && slices.Contains(open, "a"):
			t.Fatalf("a link is within a link: %s", found[0])
		case name == "br" || name == "hr" || name == "input":
		case found[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s closes %v", found[0], open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("not closed: %v", open)
	}
	if strings.Contains(page, "\n<a class=\"ref\"") {
		t.Fatal("a sign is at the start of a line, away from its mark")
	}
	for i := range marks {
		if n := strings.Count(page, string(marks[i].sign)); n > 1 && marks[i].sign != "" {
			t.Fatalf("mark %d has %d signs", i, n)
		}
	}
}

func firstDifference(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	part := func(s string) string { return fmt.Sprintf("%q", s[max(0, at-40):min(len(s), at+80)]) }
	return "got  " + part(got) + "\nwant " + part(want)
}

// numbered returns a mark with its own sign for each pair of offsets.
func numbered(pairs ...int) (marks []mark) {
	for i := 0; i+1 < len(pairs); i += 2 {
		marks = append(marks, mark{start: min(pairs[i], pairs[i+1]), end: max(pairs[i], pairs[i+1]), claim: i / 2, class: "holds", placed: new(bool),
			sign: template.HTML(fmt.Sprintf(`<a class="ref" data-c="%d"></a>`, i/2))})
	}
	return marks
}

func TestMarksDoNotChangeTheLesson(t *testing.T) {
	source := readLesson(t)
	view := newView(source, twoEngines(t, source))
	check(t, source, view.marks(source))
	page := walks.ReplaceAllString(render(t, source, twoEngines(t, source)), "")
	article := between(t, page, "<article class=\"lesson\">\n", "</article></main>")
	start, end, body := frontMatter(source)
	want, _ := plain(t, source[body:])
	if got := words(front.ReplaceAllString(article, "")); got != want {
		t.Errorf("the page's text differs from the lesson's:\n%s", firstDifference(got, want))
	}
	if got := words(front.FindString(article)); got != "Front matter"+string(source[start:end])+"\n" {
		t.Errorf("the front matter became %q", got)
	}
}

func TestRandomMarksDoNotChangeTheText(t *testing.T) {
	source := readLesson(t)
	random := rand.New(rand.NewPCG(4, 9))
	for range 20 {
		var pairs []int
		for range 1 + random.IntN(300) {
			start := random.IntN(len(source))
			pairs = append(pairs, start, min(len(source), start+random.IntN(1<<random.IntN(12))))
		}
		check(t, source, numbered(pairs...))
	}
}

var unusual = []string{
	"a &amp; b &#x26; c \\* d \\\\ e &copy; &nope; & f\n",
	"**bold `code` and [a *link* with `code`](https://example.com \"title\") end**\n",
	"<https://example.com/a?b=c&d> and <me@example.com>\n",
	"| a | b \\| c |\n|:--|--:|\n| `x \\| y` | **z** |\n| only one |\n",
	"- item\n\n      indented\n\n  ```sh\n  fenced \\\n\tinside\n  ```\n- [ ] task\n",
	"> quote\n> > deeper  \n> broken\\\nline\n",
	"<div onclick=\"x\">\nraw *html*\n</div>\n\ntext with <b>tags</b> and <script>alert(1)</script>\n",
	"Heading\n=======\n\n## Another `one` ##\n\n***\n",
	"```\nunclosed <b>\n\nline", "  ```\n  ",
	"\ufeff---\ntitle: \"A & B\"\n# comment\nlist:\n  - x: 1\n---\ntext\r\nwith\r\n\r\n\tcode\tof tabs\r\n",
	"---\nno front matter, since no entry\n---\n",
	"![picture of `x`](x.png \"t\") ~~gone~~ `` a ` b `` \x00 \xff end\n",
	"[ref]: https://example.com\n\n[ref] and [a][ref] é 日本 👩‍💻\n",
	"",
}

func TestMarksDoNotChangeUnusualMarkdown(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, markdown := range unusual {
		source := []byte(markdown)
		check(t, source, numbered(0, len(source)))
		for range 60 {
			var pairs []int
			for range 1 + random.IntN(6) {
				pairs = append(pairs, random.IntN(len(source)+1), random.IntN(len(source)+1))
			}
			check(t, source, numbered(pairs...))
		}
	}
}

func FuzzMarks(f *testing.F) {
	for _, markdown := range unusual {
		f.Add(markdown, uint64(7))
	}
	f.Fuzz(func(t *testing.T, markdown string, seed uint64) {
		if len(markdown) > 4000 {
			return
		}
		random := rand.New(rand.NewPCG(seed, 1))
		var pairs []int
		for range random.IntN(8) {
			pairs = append(pairs, random.IntN(len(markdown)+1), random.IntN(len(markdown)+1))
		}
		check(t, []byte(markdown), numbered(pairs...))
	})
}

func TestMarksCoverTheirQuotes(t *testing.T) {
	source := readLesson(t)
	view := newView(source, twoEngines(t, source))
	page := annotate(t, source, view.marks(source))
	bare := strings.NewReplacer("**", "", "`", "", "|", " ")
	for place, c := range view.Claims {
		var under []string
		for _, piece := range regexp.MustCompile(`<span class="m [^"]*" data-m="([^"]*)"[^>]*>([^<]*)</span>`).FindAllStringSubmatch(page, -1) {
			if slices.Contains(strings.Fields(piece[1]), fmt.Sprint(place)) {
				under = append(under, html.UnescapeString(piece[2]))
			}
		}
		want := bare.Replace(c.Quote)
		if c.ID == "lost/gone" {
			want = ""
		}
		if got := strings.Join(under, " "); squeezed(bare.Replace(got)) != squeezed(want) {
			t.Errorf("%s covers %q, want %q", c.ID, got, want)
		}
		if n := strings.Count(page, `id="`+c.ID+`"`); n != 1 && want != "" {
			t.Errorf("%s has %d signs", c.ID, n)
		}
	}
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

// TestNestedMarks: the worse verdict is shown, and the shorter claim comes first,
// which is the one that a pointer selects.
func TestNestedMarks(t *testing.T) {
	marks := numbered(0, 13, 4, 7)
	for inner, outer := range map[string]string{"holds": "contradicted", "contradicted unexpected": "contradicted", "unverified": "holds"} {
		marks[0].class, marks[1].class = outer, inner
		worst := outer
		if outer == "holds" || strings.Contains(inner, "unexpected") {
			worst = inner
		}
		page := annotate(t, []byte("one two three"), marks)
		for _, want := range []string{`<span class="m ` + outer + `" data-m="0">one </span>`, `<span class="m ` + worst + `" data-m="1 0">two</span>`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s within %s: the page lacks %s: %s", inner, outer, want, page)
			}
		}
	}
}

func TestFrontMatter(t *testing.T) {
	for source, want := range map[string]string{
		"---\na: 1\n---\ntext":                "a: 1\n",
		"\ufeff---\r\na: 1\r\n...\r\ntext":    "a: 1\r\n",
		"---\n# remark\n\nlong-key : x\n---":  "# remark\n\nlong-key : x\n",
		"---\na rule above, and below\n---\n": "",
		"---\na: never closed\n":              "",
		"text\n---\na: 1\n---\n":              "",
		"":                                    "",
	} {
		start, end, body := frontMatter([]byte(source))
		if got := source[start:end]; got != want || body < end || body > len(source) {
			t.Errorf("%q: the front matter is %q and the text begins at %d", source, got, body)
		}
	}
}
