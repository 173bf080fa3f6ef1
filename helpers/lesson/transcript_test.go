package lesson

import (
	"slices"
	"testing"
)

func TestBlocksOfShells(t *testing.T) {
	type typed struct{ text, output string }
	for name, c := range map[string]struct {
		source string
		want   []typed
	}{
		"console":                   {"```console\n$ docker volume create x\nx\n$ docker volume ls\nDRIVER    VOLUME NAME\nlocal     x\n```\n", []typed{{"docker volume create x", "x\n"}, {"docker volume ls", "DRIVER    VOLUME NAME\nlocal     x\n"}}},
		"console without prompt":    {"```console\ndocker volume create x\nls\n```\n", []typed{{"docker volume create x", ""}, {"ls", ""}}},
		"root prompt":               {"```console\n# id -u\n0\n```\n", []typed{{"id -u", "0\n"}}},
		"a comment, not root":       {"```console\n# list\n$ ls\na\n```\n", []typed{{"", ""}, {"ls", "a\n"}}},
		"user and host":             {"```shell-session\nann@laptop:~/app$ ls\na\n\nb\nroot@0f1e2d3c4b5a:/# exit\n```\n", []typed{{"ls", "a\n\nb\n"}, {"exit", ""}}},
		"continued":                 {"```console\n$ docker run \\\n>   alpine\nhi\n```\n", []typed{{"docker run \\\n  alpine", "hi\n"}}},
		"here-document":             {"```console\n$ cat > f <<EOF\n> a # b\n> EOF\n$ cat f\na # b\n```\n", []typed{{"cat > f <<EOF\na # b\nEOF", ""}, {"cat f", "a # b\n"}}},
		"busybox":                   {"```bash\n/ # ls\nbin\n/ # exit\n```\n", []typed{{"ls", "bin\n"}, {"exit", ""}}},
		"bash with prompts":         {"```bash\n$ echo a\na\n```\n", []typed{{"echo a", "a\n"}}},
		"an output without prompts": {"```bash\ndocker volume ls\nDRIVER    VOLUME NAME\nlocal     x\n```\n", []typed{{"docker volume ls", "DRIVER    VOLUME NAME\nlocal     x\n"}}},
		"unlabelled":                {"```\n$ echo a\na\n```\n", []typed{{"echo a", "a\n"}}},
		"indented":                  {"Run:\n\n    $ echo a\n    a\n", []typed{{"echo a", "a\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			l := parse(t, c.source)
			if b := l.Blocks[0]; b.Kind != Command {
				t.Fatalf("the block is of kind %s", b.Kind)
			}
			var got []typed
			for _, command := range l.Blocks[0].Commands {
				got = append(got, typed{command.Text, command.Output})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestStatementsOfATranscript(t *testing.T) {
	l := parse(t, "```console\n$ docker volume ls # all\nDRIVER    VOLUME NAME\nlocal     x\n```\n")
	want := []Kind{Command, Comment, Output}
	for i, s := range l.Statements {
		if s.Kind != want[i] {
			t.Errorf("%s: %q", s.Kind, s.Text)
		}
	}
	if l.Statements[2].Text != "DRIVER    VOLUME NAME\nlocal     x\n" {
		t.Errorf("%q", l.Statements[2].Text)
	}
}

func TestPowerShellIsACommandBlock(t *testing.T) {
	if b := parse(t, "```powershell\nGet-Item x\n```\n").Blocks[0]; b.Kind != Command || len(b.Commands) > 0 {
		t.Errorf("%+v", b)
	}
}
