package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDeadLinks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("other.md", "# Other *one*\n\n## Twice\n\n## Twice\n")
	write("img/a b.png", "")
	const source = `# My ` + "`first`" + ` heading: what's new?

[a](#my-first-heading-whats-new) [b](#gone) [c](other.md) [d](other.md#other-one) [e](other.md#twice-1) [f](other.md#twice-2)
[g](missing.md) ![h](img/a%20b.png) ![i](img/none.png) [j](https://example.org/gone#x) [k](/docs/x) [l](mailto:a@b) <img src="img/none.png">

## Named {#mine}

- [m](#mine) [n](#named-mine)

| [o](missing.md) |
|---|
| [p](#p) <a id="p"></a> |

[q]: missing.md "title"

See [q] and ` + "`[r](missing.md)`" + `.

<img src="img/gone.png">
`
	got := parse(t, source).DeadLinks(write("lesson.md", source))
	want := []string{`3: the link "#gone"`, `3: the link "other.md#twice-2"`, `4: the link "missing.md"`, `4: the link "img/none.png"`, `4: the link "img/none.png"`,
		`8: the link "#named-mine"`, `10: the link "missing.md"`, `16: the link "missing.md"`, `18: the link "img/gone.png"`}
	if len(got) != len(want) {
		t.Fatalf("%d dead links:\n%s", len(got), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%s, want %s", got[i], want[i])
		}
	}
}

func TestOurLessonHasNoDeadLinks(t *testing.T) {
	if dead := ours(t).DeadLinks("../../fixtures/lessons/volumes-and-persistent-data.md"); len(dead) > 0 {
		t.Error(strings.Join(dead, "\n"))
	}
}
