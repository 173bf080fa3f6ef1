package output

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

func TestCompare(t *testing.T) {
	const list = "DRIVER    VOLUME NAME\nlocal     my-data\n"
	const prune = "WARNING! This will remove all local volumes not used by at least one container.\n" +
		"Are you sure you want to continue? [y/N] y\nDeleted Volumes:\nmy-data\n\nTotal reclaimed space: 124MB\n"
	anonymous := Rules{Wording: []Pair{{
		"WARNING! This will remove all local volumes not used by at least one container.",
		`WARNING! This will remove (all )?anonymous local volumes not used by at least one container\.`}}}
	for _, each := range []struct {
		name            string
		lesson, printed string
		rules           Rules
		want            string
	}{
		{"equal", list, list, Rules{}, result.Same},
		{"blank lines around do not count", "\nx\n", "x\n\n\n", Rules{}, result.Same},
		{"blank lines within do", "x\ny\n", "x\n\ny\n", Rules{}, result.Substance},
		{"no volume in the list", list, "DRIVER    VOLUME NAME\n", Rules{}, result.Substance},
		{"one volume more in the list", list, list + "local     other\n", Rules{}, result.Substance},
		{"another volume", list, "DRIVER    VOLUME NAME\nlocal     my_data\n", Rules{}, result.Substance},
		{"other column widths", list, "DRIVER  VOLUME NAME\nlocal   my-data\n", Rules{}, result.Same},
		{"nothing printed", "my-data\n", "", Rules{}, result.Substance},
		{"nothing at all", "", "", Rules{}, result.Same},

		{"a time", "at 2025-12-23 14:32:15.842901", "at 2026-01-02 03:04:05.678901", Rules{}, result.Same},
		{"a time on the full second", "at 2025-12-23 14:32:15.842901", "at 2026-01-02 03:04:05", Rules{}, result.Same},
		{"a time in another layout", "at 2025-12-23 14:32:15.842901", "at 2026-01-02T03:04:05Z", Rules{}, result.Substance},
		{"a log's time", "2025-12-23 14:42:10,123 - INFO - Service started", "2026-01-02 03:04:05,006 - INFO - Service started", Rules{}, result.Same},
		{"no time", "at 2025-12-23 14:32:15.842901", "at once", Rules{}, result.Substance},
		{"an id", "removed 0123456789ab", "removed ba9876543210", Rules{}, result.Same},
		{"a name is no id", "removed 0123456789ab", "removed my-container", Rules{}, result.Substance},
		{"a host in a prompt", "root@abc123:/# exit", "root@0f1e2d3c4b5a:/# exit", Rules{}, result.Same},
		{"another user's prompt", "root@abc123:/# exit", "app@0f1e2d3c4b5a:/# exit", Rules{}, result.Substance},
		{"another folder's prompt", "root@abc123:/# exit", "root@0f1e2d3c4b5a:/app# exit", Rules{}, result.Substance},
		{"a size", "Total reclaimed space: 124MB", "Total reclaimed space: 0B", Rules{}, result.Same},
		{"a duration", "took 1.5s", "took 12ms", Rules{}, result.Same},
		{"a mountpoint elsewhere", "/var/lib/docker/volumes/my-data/_data", "/home/u/.local/share/docker/volumes/my-data/_data", Rules{}, result.Same},
		{"another volume's mountpoint", "/var/lib/docker/volumes/my-data/_data", "/var/lib/docker/volumes/x/_data", Rules{}, result.Substance},
		{"a project's name", "Volume lesson_data", "Volume mine_data", Rules{Project: [2]string{"lesson", "mine"}}, result.Same},
		{"another project's name", "Volume lesson_data", "Volume other_data", Rules{Project: [2]string{"lesson", "mine"}}, result.Substance},
		{"the same time twice, printed twice", "at 2025-12-23 14:32:15\nat 2025-12-23 14:32:15", "at 2026-01-02 03:04:05\nat 2026-01-02 03:04:05", Rules{}, result.Same},
		{"the same time twice, printed different", "at 2025-12-23 14:32:15\nat 2025-12-23 14:32:15", "at 2026-01-02 03:04:05\nat 2026-01-02 03:04:06", Rules{}, result.Substance},

		{"in other words", prune, strings.Replace(prune, "all local", "all anonymous local", 1), anonymous, result.Wording},
		{"in other words, and nothing done", prune, "WARNING! This will remove anonymous local volumes not used by at least one container.\n" +
			"Are you sure you want to continue? [y/N] y\nTotal reclaimed space: 0B\n", anonymous, result.Substance},
		{"other words for another line", "x\n", "WARNING! This will remove anonymous local volumes not used by at least one container.", anonymous, result.Substance},
		{"an ignored line", "exit here\n", "exit here\nexit\n", Rules{Ignore: []string{"exit"}}, result.Wording},
		{"ignored lines are whole lines", "exit here\n", "exit here\nexit now\n", Rules{Ignore: []string{"exit"}}, result.Substance},
		{"an excerpt", "b\nd\n", "a\nb\nc\nd\ne\n", Rules{Excerpt: true}, result.Same},
		{"an excerpt out of order", "d\nb\n", "a\nb\nc\nd\ne\n", Rules{Excerpt: true}, result.Substance},
		{"an excerpt of what is not there", "b\nx\n", "a\nb\nc\n", Rules{Excerpt: true}, result.Substance},

		{"JSON in another order", `{"a": 1, "b": "x"}`, `{"b":"x","a":1}`, Rules{}, result.Same},
		{"JSON: a time", `[{"CreatedAt": "2025-12-23T14:35:22Z"}]`, `[{"CreatedAt": "2026-01-02T03:04:05+01:00"}]`, Rules{}, result.Same},
		{"JSON: null for {}", `[{"Labels": {}}]`, `[{"Labels": null}]`, Rules{}, result.Wording},
		{"JSON: {} for {}", `[{"Labels": {}}]`, `[{"Labels": {}}]`, Rules{}, result.Same},
		{"JSON: something for {}", `[{"Labels": {}}]`, `[{"Labels": {"a": "b"}}]`, Rules{}, result.Substance},
		{"JSON: another value", `{"Driver": "local"}`, `{"Driver": "nfs"}`, Rules{}, result.Substance},
		{"JSON: a number for a text", `{"a": "1"}`, `{"a": 1}`, Rules{}, result.Substance},
		{"JSON: a key gone", `{"a": 1, "b": 2}`, `{"a": 1}`, Rules{}, result.Substance},
		{"JSON: a key more", `{"a": 1}`, `{"a": 1, "b": 2}`, Rules{}, result.Wording},
		{"JSON: an item more", `[1]`, `[1, 2]`, Rules{}, result.Substance},
		{"JSON: an item gone", `[1, 2]`, `[1]`, Rules{}, result.Substance},
		{"JSON: none printed", `[{"a": 1}]`, "[]\nError: no such volume: my-data", Rules{}, result.Substance},
	} {
		t.Run(each.name, func(t *testing.T) {
			got, err := Compare(each.lesson, each.printed, each.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != each.want {
				t.Errorf("%s, want %s:\n%s", got.Kind, each.want, got)
			}
		})
	}
}

func TestTheDifferenceIsShownSideBySide(t *testing.T) {
	got, err := Compare("one\ntwo\nthree\n", "one\n2\nthree\nfour\n", Rules{
		Wording: []Pair{{"two", "2"}}, Ignore: []string{"four"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `the lesson says   what was printed
one             = one
two             ~ 2   (in other words)
three           = three
                > four   (not in the lesson)
`
	if got.Kind != result.Wording || got.String() != want {
		t.Errorf("%s:\n%s", got.Kind, got)
	}
}

func TestNamesServeSeveralOutputs(t *testing.T) {
	names := Names{}
	for i, each := range []struct {
		printed string
		want    string
	}{{"at 2026-01-02 03:04:05", result.Same}, {"at 2026-01-02 03:04:05", result.Same}, {"at 2026-01-02 03:04:06", result.Substance}} {
		if got, _ := Compare("at 2025-12-23 14:32:15", each.printed, Rules{Names: names}); got.Kind != each.want {
			t.Errorf("output %d: %s", i, got)
		}
	}
}

func TestBadPatternsAreRefused(t *testing.T) {
	for _, rules := range []Rules{{Wording: []Pair{{"x", "("}}}, {Ignore: []string{"("}}} {
		if _, err := Compare("x", "y", rules); err == nil {
			t.Errorf("%+v is taken", rules)
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("a\nb 2025-12-23 14:32:15", "b 2026-01-01 00:00:00")
	f.Add(`{"a": [1, {}]}`, `{"a": null}`)
	f.Fuzz(func(t *testing.T, lesson, printed string) {
		if len(lesson)+len(printed) > 2000 {
			return
		}
		got, err := Compare(lesson, printed, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		_ = got.String()
		if self, _ := Compare(lesson, lesson, Rules{}); self.Kind != result.Same {
			t.Errorf("%q differs from itself:\n%s", lesson, self)
		}
	})
}
