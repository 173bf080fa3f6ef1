package lesson

import (
	"slices"
	"strings"
	"testing"
)

func TestUncovered(t *testing.T) {
	const source = "# T\n\nOne two three four. Five six.\n\n- an item\n\n| A |\n|---|\n| row one |\n\n" +
		"```bash\nls -l # list\npwd\n```\n\n**Output:**\n```json\n[\n  \"first line\",\n\n  \"second line\"\n]\nlast\n```\n"
	for name, c := range map[string]struct {
		quotes []Quote
		want   []string
	}{
		"nothing": {nil, []string{"One two three four.", "Five six.", "an item", "| row one |", "ls -l", "# list", "pwd", "\"first line\",\n\n  \"second line\"\n]\nlast"}},
		"half of a sentence, half of a row": {[]Quote{{Exact: "two three"}, {Exact: "row one"}},
			[]string{"Five six.", "an item", "ls -l", "# list", "pwd", "\"first line\",\n\n  \"second line\"\n]\nlast"}},
		"less than half": {[]Quote{{Exact: "four. F"}}, []string{"One two three four.", "Five six.", "an item", "| row one |", "ls -l", "# list", "pwd", "\"first line\",\n\n  \"second line\"\n]\nlast"}},
		"a paragraph": {[]Quote{{Exact: "One two three four. Five six."}, {Exact: "an item"}, {Exact: "row one"}, {Block: "ls -l # list"}, {Block: "["}},
			nil},
		"a line of an output": {[]Quote{{Exact: "One two three four. Five six."}, {Exact: "an item"}, {Exact: "row one"}, {Block: "ls -l # list"}, {Exact: "second line"}},
			[]string{"\"first line\",", "last"}},
		"a command, not its comment": {[]Quote{{Exact: "One two three four. Five six."}, {Exact: "an item"}, {Exact: "row one"}, {Block: "["}, {Exact: "ls -l"}},
			[]string{"# list", "pwd"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := parse(t, source)
			var located []Location
			for _, q := range c.quotes {
				loc, d := l.Locate(q)
				if d.Kind != None {
					t.Fatal(d)
				}
				located = append(located, loc)
			}
			var got []string
			for _, s := range l.Uncovered(located) {
				if s.Kind != Heading && s.Kind != Header {
					got = append(got, s.Text)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestAShortFactBesideALongOneIsUncovered covers what a quote of the longer one hid.
func TestAShortFactBesideALongOneIsUncovered(t *testing.T) {
	for source, want := range map[string][]string{
		"| A long cell that is claimed, and true | no |\n|---|---|\n| A long cell that is claimed, and true | A false one |\n": {"no", "A false one"},
		"<ul><li>A long item that is claimed, and true.</li><li>A false one.</li></ul>\n":                                      {"A false one."},
		"<Tip>\nA long sentence that is claimed, and true. A false one.\n</Tip>\n":                                             {"A false one."},
		":::danger A false one\nA long sentence that is claimed, and true.\n:::\n":                                             {"A false one"},
		"# A heading that is false\n\nA long sentence that is claimed, and true.\n":                                            {"A heading that is false"},
	} {
		l := parse(t, source)
		var located []Location
		for _, exact := range []string{"A long cell that is claimed, and true", "A long item that is claimed, and true.", "A long sentence that is claimed, and true."} {
			for nth := 1; ; nth++ {
				at, d := l.Locate(Quote{Exact: exact, Nth: nth})
				if d.Kind != None {
					break
				}
				located = append(located, at)
			}
		}
		var got []string
		for _, s := range l.Uncovered(located) {
			got = append(got, s.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q\nwant %q", source, got, want)
		}
	}
}

func TestAdditionsAreUncovered(t *testing.T) {
	l := ours(t)
	var quotes []Quote
	for _, s := range l.Statements {
		q := Quote{Section: s.Section, Exact: s.Text}
		if s.Block >= 0 {
			b := l.Blocks[s.Block]
			q = Quote{Section: s.Section, Block: b.Head(), Exact: s.Text}
		}
		if _, d := l.Locate(q); d.Kind == None {
			quotes = append(quotes, q)
		}
	}
	before := map[string]bool{}
	for _, s := range l.Uncovered(locate(l, quotes)) {
		before[s.Text] = true
	}
	for _, c := range []struct {
		old, new string
		line     int
		kind     Kind
		text     string
	}{
		{"persist across restarts because they're in the named volume.", "persist across restarts because they're in the named volume. They are fast.", 569, Sentence, "They are fast."},
		{"| **azure** | Azure storage | Microsoft Azure |\n", "| **azure** | Azure storage | Microsoft Azure |\n| **ceph** | Ceph storage | Clusters |\n", 757, Row, "| **ceph** | Ceph storage | Clusters |"},
		{"- Logs all requests to a file\n", "- Logs all requests to a file\n- Runs twice\n", 772, Item, "Runs twice"},
		{"docker volume rm my-data\n```", "docker volume rm my-data\ndocker volume ls -q\n```", 273, Command, "docker volume ls -q"},
	} {
		edited := parse(t, strings.Replace(string(l.Source), c.old, c.new, 1))
		var got []Statement
		for _, s := range edited.Uncovered(locate(edited, quotes)) {
			if !before[s.Text] {
				got = append(got, s)
			}
		}
		if len(got) != 1 || got[0].Line != c.line || got[0].Kind != c.kind || got[0].Text != c.text {
			t.Errorf("%q: got %+v", c.text, got)
		}
	}
}

func locate(l *Lesson, quotes []Quote) []Location {
	var located []Location
	for _, f := range l.LocateAll(quotes) {
		located = append(located, f.Location)
	}
	return located
}
