package lesson

import (
	"slices"
	"strings"
	"testing"
)

// TestNamesOfFiles covers the ways in which lessons name the file that a block holds.
func TestNamesOfFiles(t *testing.T) {
	for source, want := range map[string]string{
		"```yaml title=\"compose.yaml\"\na: 1\n```\n":                        "compose.yaml",
		"```yaml title='a/compose.yaml' {1}\na: 1\n```\n":                    "a/compose.yaml",
		"```yaml filename=compose.yaml\na: 1\n```\n":                         "compose.yaml",
		"``` { .yaml title=\"compose.yaml\" }\na: 1\n```\n":                  "compose.yaml",
		"```yaml:compose.yaml\na: 1\n```\n":                                  "compose.yaml",
		"```js:src/app.js {3}\na\n```\n":                                     "src/app.js",
		"Create `compose.yaml`:\n\n```yaml\na: 1\n```\n":                     "compose.yaml",
		"Next, create a file called `app.py` in it:\n\n```python\na\n```\n":  "app.py",
		"Save this as **run.sh**:\n\n```sh\nls\n```\n":                       "run.sh",
		"Add the following to your `Dockerfile`:\n\n```dockerfile\na\n```\n": "Dockerfile",
		"**compose.yaml**\n\n```yaml\na: 1\n```\n":                           "compose.yaml",
		"`src/app.js`:\n\n```js\na\n```\n":                                   "src/app.js",
		"#### compose.yaml\n\n```yaml\na: 1\n```\n":                          "compose.yaml",
		"```yaml\n# compose.yaml\na: 1\n```\n":                               "compose.yaml",
		"```js\n// src/app.js\na\n```\n":                                     "src/app.js",
		"```dockerfile\n# Dockerfile\nFROM x\n```\n":                         "Dockerfile",
		"```html\n<!-- index.html -->\n<p>\n```\n":                           "index.html",
		"```yaml\na: 1\n```\n":                                               "",
		"Run `app.py` like this:\n\n```python\na\n```\n":                     "",
		"The `compose.yaml` is long. Its end:\n\n```yaml\na: 1\n```\n":       "",
		"```bash\n# run.sh\nls\n```\n":                                       "",
		"Edit it, then see `http://localhost:80`:\n\n```yaml\na: 1\n```\n":   "",
	} {
		b := parse(t, source).Blocks[0]
		if b.Name != want || (b.Kind == File) != (want != "") {
			t.Errorf("%q: %s %q, want %q", source, b.Kind, b.Name, want)
		}
	}
}

// TestOutputs covers the ways in which lessons show what a command prints.
func TestOutputs(t *testing.T) {
	const command = "```bash\necho a\n```\n\n"
	for source, want := range map[string]Kind{
		command + "```\na\n```\n":                                              Output,
		command + "```output\na\n```\n":                                        Output,
		command + "Prose.\n\n```output\na\n```\n":                              Output,
		command + "You should see:\n\n```\na\n```\n":                           Output,
		command + "You'll see something like this:\n\n```text\na\n```\n":       Output,
		command + "The output looks like this:\n\n```\na\n```\n":               Output,
		command + "This prints `a`:\n\n```json\n{}\n```\n":                     Output,
		command + "Expected result\n\n```\na\n```\n":                           Output,
		command + "Output\n\n```\na\n```\n":                                    Output,
		command + "#### Output\n\n```console\na\n```\n":                        Output,
		command + "which returns the following response:\n\n    a\n":           Output,
		command + "The following example is a config:\n\n```yaml\na: 1\n```\n": Fragment,
		command + "Now:\n\n```bash\nDRIVER    VOLUME NAME\nlocal     x\n```\n": Output,
		command + "```sh\n[\n    {\n        \"Name\": \"x\"\n    }\n]\n```\n":  Output,
		command + "It ends like this...\n\n```\na\n```\n":                      Fragment,
		command + "You get an output like this...\n\n```\na\n```\n":            Output,
		command + "The syntax is:\n\n```\na\n```\n":                            Fragment,
		"You should see:\n\n```\na\n```\n":                                     Fragment,
	} {
		l := parse(t, source)
		if b := l.Blocks[len(l.Blocks)-1]; b.Kind != want {
			t.Errorf("%q: %s, want %s", source, b.Kind, want)
		}
	}
	l := parse(t, command+"You should see that nothing is lost:\n\n```\na\n```\n")
	if s := l.Statements[1]; s.Text != "You should see that nothing is lost:" {
		t.Errorf("the sentence above is dropped: %+v", l.Statements)
	}
}

func TestCommandsWithoutALabel(t *testing.T) {
	for source, want := range map[string]int{
		"```\ndocker volume create x\n\n# all of them\ndocker volume ls\n```\n": 2,
		"Run:\n\n    docker run -d \\\n      nginx\n":                           1,
		"```\nsudo apt-get update && sudo apt-get install -y curl\n```\n":       1,
		"```text\ncurl -s localhost\n```\n":                                     0,
		"```\ndocker is fine\nand this is prose\n```\n":                         0,
		"```\nFROM python\n```\n":                                               0,
	} {
		b := parse(t, source).Blocks[0]
		typed := 0
		for _, c := range b.Commands {
			if c.Text != "" {
				typed++
			}
		}
		if typed != want || (b.Kind == Command) != (want > 0) {
			t.Errorf("%q: %s, %d commands", source, b.Kind, typed)
		}
	}
}

// TestDialects covers what MDX, Hugo, MkDocs and GitHub add to Markdown.
func TestDialects(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []string // the texts of the statements
		blocks int
	}{
		"GitHub alert":   {"> [!WARNING]\n> Prune deletes data. Mind it.\n", []string{"Prune deletes data.", "Mind it."}, 0},
		"MDX":            {"import Tabs from '@theme/Tabs';\nimport {A,\n  B} from 'x';\n\nexport const a = 1;\n\nReal text.\n", []string{"Real text."}, 0},
		"tabs of MDX":    {"<Tabs>\n<TabItem value=\"l\" label=\"On Linux\">\n```bash\nls\n```\n</TabItem>\n<TabItem value=\"m\">\n\nText. More.\n\n</TabItem>\n</Tabs>\n", []string{"On Linux", "ls", "Text.", "More."}, 1},
		"Hugo":           {"{{< tabs >}}\n{{% tab \"Linux\" %}}\n```bash\nls\n```\n{{% /tab %}}\n{{< /tabs >}}\n\nText {{< ref \"x\" >}} here.\n", []string{"ls", "Text {{< ref \"x\" >}} here."}, 1},
		"Liquid":         {"{% raw %}\nText.\n{% endraw %}\n", []string{"Text."}, 0},
		"MkDocs":         {"!!! danger \"Prune deletes data\"\n    Mind it. Always.\n\n    ```bash\n    ls\n    ```\n\nAfter.\n", []string{"Prune deletes data", "Mind it.", "Always.", "ls", "After."}, 1},
		"MkDocs, bare":   {"??? note\n\n    Mind it.\n", []string{"Mind it."}, 0},
		"tabs of MkDocs": {"=== \"Linux\"\n\n    ```bash\n    ls\n    ```\n\n=== \"macOS\"\n\n    Text.\n", []string{"Linux", "ls", "macOS", "Text."}, 1},
		"details":        {"<details>\n<summary>Data is lost</summary>\n\nText.\n\n</details>\n", []string{"Data is lost", "Text."}, 0},
		"HTML table":     {"<table><tr><td>One is long.</td><td>Two</td></tr></table>\n", []string{"One is long.", "Two"}, 0},
		"TOML":           {"+++\ntitle = \"x\"\n+++\nText.\n", []string{"title = \"x\"", "Text."}, 0},
		"footnotes":      {"Data is lost.[^1] It is gone![^b] Is it?[^c]\n\n[^1]: Unless it is kept. So there.\n[^b]: B.\n[^c]: C.\n", []string{"Data is lost.", "It is gone!", "Is it?", "Unless it is kept.", "So there.", "B.", "C."}, 0},
		"task list":      {"- [ ] Do this. Then that.\n- [x] Done.\n", []string{"[ ] Do this.", "Then that.", "[x] Done."}, 0},
		"in a fence":     {"```text\n!!! note\n<Tabs>\nimport x from 'y'\n```\n", []string{"!!! note\n<Tabs>\nimport x from 'y'\n"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := parse(t, c.source)
			var got []string
			for _, s := range l.Statements {
				got = append(got, s.Text)
			}
			if !slices.Equal(got, c.want) || len(l.Blocks) != c.blocks {
				t.Errorf("%d blocks\ngot  %q\nwant %q", len(l.Blocks), got, c.want)
			}
		})
	}
}

func TestHeadingsWithAnID(t *testing.T) {
	l := parse(t, "## Named volumes {#named}\n\nText.\n")
	if _, d := l.Locate(Quote{Section: "Named volumes", Exact: "Text."}); d.Kind != None {
		t.Error(d)
	}
}

func TestWhatIsNotUnderstoodIsListedOnce(t *testing.T) {
	l := parse(t, "{{< include \"a.md\" >}}\n\n--8<-- \"b.md\"\n\n{{< include \"c.md\" >}}\n\n<Snippet file=\"d.md\" />\n\n{% include e.md %}\n\nText.\n")
	if got := strings.Join(l.Unknown, "\n"); len(l.Unknown) != 4 || !strings.Contains(got, `line 1: {{< include "a.md" >}}`) {
		t.Errorf("%q", l.Unknown)
	}
}
