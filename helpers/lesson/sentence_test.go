package lesson

import (
	"slices"
	"testing"
)

func TestSentences(t *testing.T) {
	for _, want := range [][]string{
		{"Use a volume, e.g. `my-data`, or a bind mount.", "Both work."},
		{"Docker Inc. ships it.", "Others do too."},
		{"Made by Docker Inc.", "The rest is not."},
		{"See `app.py. Then` and app.py. ", "Next."},
		{"**Why?** Each container is new.", "So is its data."},
		{"**Note!** Mind this."},
		{"**Containers are ephemeral by design.**", "Their data is not."},
		{"**What it is**: A mechanism.", "You create it."},
		{"It is gone—it was stored in the layer.", "(Note: You can only remove a volume.)", "Next."},
		{"(One thing. ", "Another thing.)", "Next."},
		{"The change is there (see the docs. They help) at once.", "Good."},
		{"Since v1.2.3 and 23.0 this holds.", "In 20.10 it did not."},
		{"Version 2. ", "Then 3."},
		{"See https://a.example/b.html?x=1. ", "Then <https://b.example/c.>."},
		{"Wait... and see.", "Well… it ends.", "Really?! ", "Yes."},
		{"Data is in RAM.", "tmpfs mounts are fast."},
		{"Is it \"safe?\" he asked.", "It is."},
		{"Ask AI: \"I have one.", "What now?\"", "Then go."},
		{"See [the page.](https://a.example/x.y) ", "Go."},
		{"See fig. 3, no. 4, J. Smith et al. and etc. for more.", "No. ", "Never."},
		{"Do this.", "2. Do that."},
		{"The U.S. government.", "Fine."},
		{"数据会丢失。", "卷不会。"},
		{"Stop here.*", "And *there.* ", "Yes."},
		{"Is it?", "`docker ps` tells."},
	} {
		source := "x "
		for i, s := range want {
			if source += s; i+1 < len(want) && s[len(s)-1] != ' ' && !slices.Contains([]string{"数据会丢失。"}, s) {
				source += " "
			}
		}
		var got []string
		for _, s := range parse(t, source[2:]+"\n").Statements {
			got = append(got, s.Text)
		}
		for i := range want {
			for want[i][len(want[i])-1] == ' ' {
				want[i] = want[i][:len(want[i])-1]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("\ngot  %q\nwant %q", got, want)
		}
	}
}

func TestShellLines(t *testing.T) {
	type c struct{ text, comment string }
	for source, want := range map[string][]c{
		"ls\n\npwd\n":                                 {{"ls", ""}, {"pwd", ""}},
		"# why\nls   # what\n":                        {{"", "# why"}, {"ls", "# what"}},
		"echo '#' a#b \"# c\" # d":                    {{"echo '#' a#b \"# c\"", "# d"}},
		"a \\\n  b \\\n  c\nd":                        {{"a \\\n  b \\\n  c", ""}, {"d", ""}},
		"curl -d '{\n \"a\": 1 # no\n}'\nls":          {{"curl -d '{\n \"a\": 1 # no\n}'", ""}, {"ls", ""}},
		"cat > f <<'EOF'\na # b\nEOF\nls\n":           {{"cat > f <<'EOF'\na # b\nEOF", ""}, {"ls", ""}},
		"cat <<-EOF\n\tx\n\tEOF\nls":                  {{"cat <<-EOF\n\tx\n\tEOF", ""}, {"ls", ""}},
		"cat <<EOF\nnever shut\n":                     {{"cat <<EOF", ""}, {"never shut", ""}},
		"echo $((1<<2))\ncat <<<word\nls":             {{"echo $((1<<2))", ""}, {"cat <<<word", ""}, {"ls", ""}},
		"echo it's\nls # x\n":                         {{"echo it's", ""}, {"ls", "# x"}},
		"docker rm <container-id>\nls":                {{"docker rm <container-id>", ""}, {"ls", ""}},
		"$ docker ps\n$ ls\n":                         {{"docker ps", ""}, {"ls", ""}},
		"a \\":                                        {{"a \\", ""}},
		"for i in 1 2; do\n  ls $i # x\ndone # y\nls": {{"for i in 1 2; do\n  ls $i # x\ndone", "# y"}, {"ls", ""}},
		"if true\nthen ls\nfi\nf() {\n  ls\n}\nf":     {{"if true\nthen ls\nfi", ""}, {"f() {\n  ls\n}", ""}, {"f", ""}},
		"docker rm <id> > x # y\nls":                  {{"docker rm <id> > x", "# y"}, {"ls", ""}},
		"# a \\\nls":                                  {{"", "# a \\"}, {"ls", ""}},
		"echo ${#x} $# \\# y":                         {{"echo ${#x} $# \\# y", ""}},
		"echo \"it's \\\" # fine\" '\\'\nls":          {{"echo \"it's \\\" # fine\" '\\'", ""}, {"ls", ""}},
	} {
		var got []c
		for _, l := range shellLines([]byte(source)) {
			got = append(got, c{source[l.command.start:l.command.end], source[l.comment.start:l.comment.end]})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q\nwant %q", source, got, want)
		}
	}
}

func TestJoinLines(t *testing.T) {
	for command, want := range map[string]string{
		"a \\\n  b":          "a b",
		"a\\\n b":            "a b",
		"a\\\nb":             "ab",
		"echo 'a \\\n  b'":   "echo 'a \\\n  b'",
		"echo \"a \\\n  b\"": "echo \"a   b\"",
		"echo a\\ b \\":      "echo a\\ b \\",
	} {
		if got := joinLines(command); got != want {
			t.Errorf("%q: got %q, want %q", command, got, want)
		}
	}
}
