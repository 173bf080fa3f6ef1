//go:build linux || darwin

package sidecar

import (
	"os"
	"strings"
	"testing"
)

func TestADraftOfAnyLessonFits(t *testing.T) {
	ours, err := os.ReadFile("../../../fixtures/lessons/volumes-and-persistent-data.md")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.ReadFile("../../../fixtures/contract/container-storage.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{
		"demo": demo, "ours": string(ours), "contract": string(contract), "CRLF": strings.ReplaceAll(demo, "\n", "\r\n"),
		"twice": "# T\n\nA `b` is c. A `b` is c.\n\n```bash\nls\n```\n\n```bash\nls\n```\n\n| A | B |\n|---|---|\n| `x` is 1 | y |\n\n> A `quote`\n> of 2 lines.\n\n```powershell\nGet-Item\n```\n",
		"above": "Above `all`.\n\n```\n$ ls\na\n```\n", "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := write(t, dir, "demo.md", source)
			l, err := Open(file)
			if err != nil {
				t.Fatal(err)
			}
			drafted, err := l.Draft(nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, "demo.claims.yaml", string(drafted))
			write(t, dir, "demo.walk.yaml", string(l.DraftWalk(nil)))
			if l, err = Open(file); err != nil {
				t.Fatalf("%v\n%s", err, drafted)
			}
			for _, p := range l.Drift() {
				t.Errorf("%s: %s", p.Name, p.Drift)
			}
			if len(l.Plan.Misfits) > 0 || len(l.Unclaimed()) > 0 {
				t.Errorf("misfits %q, unclaimed %+v", l.Plan.Misfits, l.Unclaimed())
			}
			if again, err := l.Draft(drafted, nil); err != nil || string(again) != string(drafted) {
				t.Errorf("a second draft changes it: %v\n%s", err, again)
			}
		})
	}
}

func TestASecondDraftMerges(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "demo.md", demo)
	mine := strings.Replace(demoClaims, "by: todo", "undecided: nobody knows # mine", 1)
	write(t, dir, "demo.claims.yaml", mine)
	l, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := l.Draft([]byte(mine), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"undecided: nobody knows # mine", "quote: 'You should see:'", "demo/appended"} {
		if strings.Count(string(merged), want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, merged)
		}
	}
}

func TestADraftNotesWhatDiffers(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "demo.md", demo)
	l, j := judged(t, file)
	drafted, err := l.Draft(nil, j.Walk.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(drafted); !strings.Contains(text, "# differs:") || !strings.Contains(text, "zwei") || strings.Count(text, "# differs:") != 1 || strings.Count(text, "by: walk") != 4 {
		t.Errorf("%s", text)
	}
	if text := string(l.DraftWalk(j.Walk.Blocks)); !strings.Contains(text, "line 10, $ echo one > a.txt: same") {
		t.Errorf("%s", text)
	}
}
