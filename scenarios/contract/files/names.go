package files

import (
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

const (
	composed   = "caf\u00e9"
	decomposed = "cafe\u0301"
)

var (
	longest = strings.Repeat("n", 255)
	tooLong = strings.Repeat("n", 256)
	// odd are names that other systems do not have.
	odd = []string{"a:b", `a\b`, "a*b", "a\nb", "dot.", "space "}
)

// names are the promises about names and directories.
var names = []row{
	{claim: "case-is-distinguished", does: "is another one than that whose name differs in case", in: bothSides, steps: []step{
		{do: fileops.CreateNew("@/File", "upper"), outcome: done},
		{do: fileops.CreateNew("@/file", "lower"), outcome: done},
		{do: fileops.Read("@/File"), outcome: reads("upper")},
		{do: fileops.Read("@/file"), outcome: reads("lower")},
		{do: fileops.List("@"), outcome: lists("File", "file")},
	}},
	{claim: "long-names", does: "can have a name of 255 bytes and no longer one", in: bothSides, steps: []step{
		{do: fileops.Write("@/"+longest, "text"), outcome: done},
		{do: fileops.Write("@/"+tooLong, "text"), outcome: fails("ENAMETOOLONG")},
		{do: fileops.Status("@/" + tooLong), outcome: fails("ENAMETOOLONG")},
		{do: fileops.List("@"), outcome: lists(longest)},
		{do: fileops.Read("@/" + longest), outcome: reads("text")},
	}, except: []exception{
		onSSHFS(outcomes{1: fails("EBADMSG"), 2: fails("EBADMSG")}),
		onSSHFS(outcomes{1: fails("EBADMSG")}, hostLooks),
		onSSHFS(outcomes{2: fails("EBADMSG")}, hostMakes),
	}},
	{claim: "unicode-is-kept", does: "is another one than that whose name is composed in another way", in: bothSides, steps: []step{
		{do: fileops.CreateNew("@/"+composed, "composed"), outcome: done},
		{do: fileops.CreateNew("@/"+decomposed, "decomposed"), outcome: done},
		{do: fileops.List("@"), outcome: lists(composed, decomposed)},
		{do: fileops.Read("@/" + composed), outcome: reads("composed")},
		{do: fileops.Read("@/" + decomposed), outcome: reads("decomposed")},
	}},
	{claim: "odd-characters", does: "can have odd characters in its name", in: bothSides, steps: oddNames()},
	{claim: "large-directory", does: "is one of 10,000 that are all listed once", in: everywhere, steps: []step{
		{do: fileops.MakeMany("@", "entry", many), outcome: has("Count", int64(many))},
		{do: fileops.ListLoop("@", "entry", many), outcome: And(whole, HaveField("Count", BeEquivalentTo(many)))},
	}},
	{claim: "listing-while-it-changes", does: "is listed once while others come and go", in: everywhere, steps: []step{
		{do: fileops.MakeMany("@", "entry", 500), outcome: done},
		{do: fileops.Parallel(
			[]fileops.Operation{fileops.ListLoop("@", "entry", 500).For(300 * time.Millisecond)},
			[]fileops.Operation{fileops.Replace("@/come", 100, 0).For(300 * time.Millisecond)},
			[]fileops.Operation{fileops.MakeMany("@", "other", 200), fileops.Mkdir("@/go", 0o777), fileops.MakeMany("@/go", "one", 50), fileops.RemoveAll("@/go")},
		), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) {
		for _, branch := range r[1].Branches {
			g.Expect(branch).To(HaveEach(done))
		}
		g.Expect(r[1].Branches[0]).To(HaveEach(whole))
	}},
}

// many is the number of entries of a large directory.
const many = 10_000

func oddNames() (steps []step) {
	for _, name := range odd {
		steps = append(steps, step{do: fileops.CreateNew("@/"+name, name), outcome: done})
	}
	for _, name := range odd {
		steps = append(steps, step{do: fileops.Read("@/" + name), outcome: reads(name)})
	}
	return append(steps, step{do: fileops.List("@"), outcome: lists(odd...)})
}
