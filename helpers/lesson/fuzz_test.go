package lesson

import (
	"os"
	"testing"
)

// check asserts what is true of every lesson.
func check(t testing.TB, l *Lesson) {
	t.Helper()
	end := 0
	for _, s := range l.Statements {
		if s.Start < end || s.End <= s.Start || s.End > len(l.Source) {
			t.Fatalf("%q [%d:%d] overlaps the statement that ends at %d, or exceeds the source", s.Text, s.Start, s.End, end)
		}
		if end = s.End; string(l.Source[s.Start:s.End]) != s.Text {
			t.Fatalf("%q is not the text at [%d:%d]", s.Text, s.Start, s.End)
		}
		if lineOf(l.Source, s.Start) != s.Line {
			t.Fatalf("%q is on line %d, not %d", s.Text, lineOf(l.Source, s.Start), s.Line)
		}
		if s.Block >= len(l.Blocks) || s.Block >= 0 && (s.Start < l.Blocks[s.Block].Start || s.End > l.Blocks[s.Block].End) {
			t.Fatalf("%q is not in block %d", s.Text, s.Block)
		}
	}
	end = 0
	for i, b := range l.Blocks {
		if b.Start < end || b.End < b.Start || b.End > len(l.Source) || b.Ordinal != i+1 {
			t.Fatalf("block %d [%d:%d] overlaps the block that ends at %d, or exceeds the source", b.Ordinal, b.Start, b.End, end)
		}
		end = b.End
	}
	for i, s := range l.Sections {
		if s.Start > s.BodyEnd || s.BodyEnd > s.End || s.End > len(l.Source) || i > 0 && s.Start < l.Sections[i-1].BodyEnd {
			t.Fatalf("section %+v is out of order", s)
		}
	}
	for _, f := range l.FrontMatter {
		if f.Start > f.End || f.End > len(l.Source) {
			t.Fatalf("field %+v is out of bounds", f)
		}
	}
}

func lineOf(source []byte, at int) int {
	line := 1
	for _, b := range source[:at] {
		if b == '\n' {
			line++
		}
	}
	return line
}

func FuzzParse(f *testing.F) {
	source, err := os.ReadFile("../../fixtures/lessons/volumes-and-persistent-data.md")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(source[:6000])
	for _, s := range []string{
		"", "\ufeff---\na: [1, {b: c}]\n---\n# A\n\nx", "- a\n\t- b\r\n\r\n\t  ```sh\n\t  ls \\\n\t  -l\n", "> | a | b |\n> |---|---|\n> | `|` | c |\n",
		"a\n=\n\nb  \nc\\\nd\n", "<div>\n<!-- x\n", "1. a\n   **Output:**\n   ~~~\nx", "    code\n\n\tcode\n", "[a]: b\n[a] ![x.](y. z) <http://a.b>. C",
		" ```h4\t  ls \\\n\t", "!!! note \"a\"\n    b\n\n=== \"c\"\n\n\td\n", "<Tabs>\n<A title=\"x\">\n```console\n$ a \\\n> b\nc\n```\n", "+++\na = 1\n+++\nb.[^1]\n\n[^1]: c\n", "> [!NOTE]\n> {{< x >}}\n\n{% y %}\nimport a from 'b'\n", "---\na: &x 1\nb: *x\n? c\n: d\n---\n", "a|b\n-|-\nc|d\n-|-\n", "```bash\ncat <<E\n'\n```",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		l, err := Parse("fuzz", source)
		if err != nil {
			return
		}
		check(t, l)
		whole := Location{Start: 0, End: len(source)}
		if left := l.Uncovered([]Location{whole}); len(left) > 0 {
			t.Fatalf("a quote of everything leaves %q", left[0].Text)
		}
		if len(l.Statements) == 0 || len(source) > 2000 {
			return
		}
		s := l.Statements[len(l.Statements)/2]
		if loc, d := l.Locate(Quote{Exact: s.Text, Section: s.Section}); d.Kind == None && fold(string(source[loc.Start:loc.End])) != fold(s.Text) && len(l.gaps) == 0 {
			t.Fatalf("%q found as %q", s.Text, source[loc.Start:loc.End])
		}
		_, d := l.Locate(Quote{Exact: s.Text + " x", Prefix: "y", Section: s.Section})
		_ = d.String()
		_, d = l.Locate(Quote{Block: s.Text})
		_ = d.String()
	})
}
