package lesson

import (
	"slices"
	"strings"
	"testing"
)

const lifecycle = "Volume Lifecycle Commands"

func TestLocate(t *testing.T) {
	l := ours(t)
	dockerfile := blockAt(t, l, 453)
	for name, c := range map[string]struct {
		quote Quote
		line  int
		text  string
	}{
		"sentence":          {Quote{Section: lifecycle, Exact: "Remove all unused volumes:"}, 282, "Remove all unused volumes:"},
		"nested path":       {Quote{Section: "Named Volumes: Docker-Managed Persistence > " + lifecycle, Exact: "unused volumes"}, 282, "unused volumes"},
		"whole lesson":      {Quote{Exact: "This is where bind mounts shine."}, 354, "This is where bind mounts shine."},
		"wrapped otherwise": {Quote{Exact: "  This is\n   where\tbind mounts  shine.\n"}, 354, "This is where bind mounts shine."},
		"output":            {Quote{Section: lifecycle, Exact: "DRIVER VOLUME NAME\nlocal     my-data\n"}, 265, "DRIVER    VOLUME NAME\nlocal     my-data"},
		"prefix":            {Quote{Section: "The Ephemeral Container Problem", Exact: "docker run --name my-container ephemeral-demo:latest", Prefix: "```bash"}, 122, "docker run --name my-container ephemeral-demo:latest"},
		"suffix":            {Quote{Section: "Design Challenge", Exact: "Production:", Suffix: "stdout"}, 791, "Production:"},
		"nth":               {Quote{Section: "Design Challenge", Exact: "Production:", Nth: 2}, 787, "Production:"},
		"block":             {Quote{Section: lifecycle, Block: "DRIVER VOLUME NAME"}, 265, "DRIVER    VOLUME NAME\nlocal     my-data\n"},
		"nth block":         {Quote{Section: "The Ephemeral Container Problem", Block: "Container started: 2025-12-23 14:32:15.842901", Nth: 2}, 110, "Container started: 2025-12-23 14:32:15.842901\n"},
		"file":              {Quote{Section: "Pattern 1: Large Model Files", Block: "Dockerfile", Sum: dockerfile.Sum()[:8]}, 453, dockerfile.Content},
		"in a block":        {Quote{Section: "Bind Mounts in docker-compose", Block: "docker-compose.yaml", Exact: "build: ."}, 362, "build: ."},
		"front matter":      {Quote{Section: FrontMatterSection, Exact: "duration_minutes: 60"}, 5, "duration_minutes: 60"},
	} {
		t.Run(name, func(t *testing.T) {
			loc, d := l.Locate(c.quote)
			if d.Kind != None {
				t.Fatal(d)
			}
			if got := string(l.Source[loc.Start:loc.End]); loc.Line != c.line || got != c.text {
				t.Errorf("line %d: %q", loc.Line, got)
			}
		})
	}
}

func TestQuoteInQuotedAndNestedText(t *testing.T) {
	l := parse(t, "# `A` *b*\n\n> one\n> two\n\n- three\n  four\n")
	for _, exact := range []string{"one two", "three four"} {
		if _, d := l.Locate(Quote{Section: "A b", Exact: exact}); d.Kind != None {
			t.Error(d)
		}
	}
}

func TestDrift(t *testing.T) {
	source := string(ours(t).Source)
	shine := "This is where bind mounts shine. In `docker-compose.yaml`, map your local source code directory to the container:\n\n"
	change := func(old, new string) string {
		if strings.Count(source, old) != 1 {
			t.Fatalf("%q stands %d times", old, strings.Count(source, old))
		}
		return strings.Replace(source, old, new, 1)
	}
	for name, c := range map[string]struct {
		source string
		quote  Quote
		kind   DriftKind
		line   int
		lines  []int
		says   string
	}{
		"reworded": {change("Remove all unused volumes:", "Delete all unused anonymous volumes:"), Quote{Section: lifecycle, Exact: "Remove all unused volumes:"},
			Edited, 282, nil, "[-Remove-] {+Delete+} all unused {+anonymous+} volumes:"},
		"part reworded": {change("up to 50% of your host's RAM", "up to 25% of your host's memory"), Quote{Section: "Configuring tmpfs Size", Exact: "up to 50% of your host's RAM."},
			Edited, 429, nil, "up to [-50%-] {+25%+} of your host's [-RAM.-] {+memory.+}"},
		"size in a command": {change("--tmpfs /run/secrets:size=1m", "--tmpfs /run/secrets:size=2m"), Quote{Section: "Configuring tmpfs Size", Exact: "--tmpfs /run/secrets:size=1m"},
			Edited, 433, nil, "[-/run/secrets:size=1m-] {+/run/secrets:size=2m+}"},
		"size in a row": {strings.ReplaceAll(source, "size=1m", "size=2m"), Quote{Section: "Common Volume Commands Reference", Exact: "| `--tmpfs /path:size=1m` | tmpfs with size limit |"},
			Edited, 812, nil, "[-/path:size=1m`-] {+/path:size=2m`+}"},
		"paragraph moved": {strings.Replace(change(shine, ""), "# Read-Only Bind Mounts\n\n", "# Read-Only Bind Mounts\n\n"+shine, 1), Quote{Section: "Bind Mounts in docker-compose", Exact: "This is where bind mounts shine."},
			Moved, 387, nil, `it is in "Read-Only Bind Mounts", line 387`},
		"one character of an output": {change("container.\nAre you sure you want to continue? [y/N] y", "container.\nAre you sure you want to continue? [y/n] y"), Quote{Section: lifecycle, Exact: "Are you sure you want to continue? [y/N] y"},
			Edited, 291, nil, "[-[y/N]-] {+[y/n]+} y"},
		"one character of a whole output": {change("124MB", "125MB"), Quote{Section: lifecycle, Exact: "Deleted Volumes:\nmy-data\n\nTotal reclaimed space: 124MB\n"},
			Edited, 292, nil, "[-124MB-] {+125MB+}"},
		"one character, by sum": {change("124MB", "125MB"), Quote{Section: lifecycle, Block: "WARNING! This will remove all local volumes not used by at least one container.", Sum: "abc"},
			Edited, 290, nil, "has the sum 54fc56124f95, not the catalogued abc"},
		"first line of a block": {change("docker run -v ~/config.json:/app/config.json:ro myimage", "docker run -v ~/config.yaml:/app/config.yaml:ro myimage"), Quote{Section: "Read-Only Bind Mounts", Block: "docker run -v ~/config.json:/app/config.json:ro myimage:latest"},
			Edited, 392, nil, "{+~/config.yaml:/app/config.yaml:ro+}"},
		"paragraph removed": {change(shine, ""), Quote{Section: "Bind Mounts in docker-compose", Exact: "This is where bind mounts shine."},
			Gone, 0, nil, "nor is any similar text"},
		"twice": {source, Quote{Section: "The Ephemeral Container Problem", Exact: "docker run --name my-container ephemeral-demo:latest"},
			Ambiguous, 0, []int{94, 122}, "(lines 94, 122): add a prefix"},
		"block twice": {source, Quote{Section: "The Ephemeral Container Problem", Block: "Container started: 2025-12-23 14:32:15.842901"},
			Ambiguous, 0, []int{99, 110}, "nth or sum"},
		"nth too many": {source, Quote{Section: "Design Challenge", Exact: "Production:", Nth: 5},
			Gone, 0, []int{783, 787, 791, 795}, "it is on lines 783"},
		"prefix reworded": {source, Quote{Section: lifecycle, Exact: "unused volumes:", Prefix: "Delete all"},
			Edited, 282, nil, "[-Delete-] {+Remove+} all unused volumes:"},
		"heading renamed": {change("### "+lifecycle, "### Life of a Volume"), Quote{Section: lifecycle, Exact: "Remove all unused volumes:"},
			Moved, 282, nil, `in "Life of a Volume"`},
		"empty": {source, Quote{Section: lifecycle}, Gone, 0, nil, "empty quote"},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := parse(t, c.source).Locate(c.quote)
			if d.Kind != c.kind || d.Line != c.line || !slices.Equal(d.Lines, c.lines) || !strings.Contains(d.String(), c.says) {
				t.Errorf("%s\nkind %q, line %d, lines %v, nearest %q, diff %q", d, d.Kind, d.Line, d.Lines, d.Nearest, d.Diff)
			}
		})
	}
}

// A removed text often equals or resembles another one, which some other claim quotes.
func TestLocateAllTellsGoneFromMovedAndEdited(t *testing.T) {
	source := string(ours(t).Source)
	for name, c := range map[string]struct {
		removed string
		quotes  []Quote
		lines   []int
	}{
		"an output that stands elsewhere too": {"**Output:**\n```\nmy-data\n```\n\nVerify",
			[]Quote{{Section: "Creating Named Volumes", Block: "my-data"}, {Section: lifecycle, Block: "my-data"}}, []int{272}},
		"a command like its neighbour": {"```bash\ndocker volume prune\n```\n",
			[]Quote{{Section: lifecycle, Block: "docker volume prune"}, {Section: lifecycle, Block: "docker volume ls"}, {Section: lifecycle, Block: "docker volume rm my-data"}}, nil},
		"the same, as text": {"```bash\ndocker volume ls\n```\n\n**Output:**\n```\nDRIVER    VOLUME NAME\nlocal     my-data\n```\n\nRemove a",
			[]Quote{{Section: lifecycle, Exact: "docker volume ls"}, {Section: lifecycle, Exact: "docker volume rm my-data"},
				{Section: lifecycle, Exact: "docker volume prune"}}, []int{186, 794, 794}},
		"a paragraph": {"The vectors persist across restarts because they're in the named volume.\n",
			[]Quote{{Section: "Pattern 2: Vector Database Persistence", Exact: "The vectors persist across restarts because they're in the named volume."},
				{Section: "Pattern 2: Vector Database Persistence", Exact: "The embeddings must survive container restarts."}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := parse(t, strings.Replace(source, c.removed, "", 1)).LocateAll(c.quotes)
			if d := found[0].Drift; d.Kind != Gone || !slices.Equal(d.Lines, c.lines) {
				t.Error(d)
			}
			for _, f := range found[1:] {
				if f.Drift.Kind != None {
					t.Error(f.Drift)
				}
			}
		})
	}
}

// Every statement is found by its own text, or is ambiguous.
func TestEveryStatementIsFound(t *testing.T) {
	l := ours(t)
	var located []Location
	for _, s := range l.Statements {
		loc, d := l.Locate(Quote{Section: s.Section, Exact: s.Text})
		if d.Kind == Ambiguous {
			i := slices.Index(d.Lines, s.Line)
			loc, d = l.Locate(Quote{Section: s.Section, Exact: s.Text, Nth: i + 1})
		}
		if d.Kind != None || loc.Line != s.Line {
			t.Errorf("line %d: %s", s.Line, d)
		}
		located = append(located, loc)
	}
	if left := l.Uncovered(located); len(left) > 0 {
		t.Errorf("%d uncovered, the first %q", len(left), left[0].Text)
	}
}

func BenchmarkDrift(b *testing.B) {
	l := ours(b)
	for b.Loop() {
		l.Locate(Quote{Section: lifecycle, Exact: "Nothing of this kind has ever been written in a lesson about storage."})
	}
}
