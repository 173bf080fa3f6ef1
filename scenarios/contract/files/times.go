package files

import (
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

// past is a time with nanoseconds.
var past = time.Date(2020, 2, 3, 4, 5, 6, 123456789, time.UTC).UnixNano()

// times are the promises about time stamps.
var times = []row{
	{claim: "nanoseconds", does: "keeps the nanoseconds of its time", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.SetTimes("@/file", past), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Mtime", past)},
	}, except: []exception{onSSHFS(outcomes{2: has("Stat.Mtime", past-past%time.Second.Nanoseconds())}, bind, hostMakes, hostLooks)}},
	{claim: "write-advances-mtime", does: "has a later time after it was written", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.SetTimes("@/file", past), outcome: done},
		{do: fileops.AppendTo("@/file", "more"), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Mtime", BeNumerically(">", past))},
	}},
	{claim: "clocks-agree", does: "has the time of the program's clock", in: bothSides, steps: []step{
		{do: fileops.Clock(), outcome: done},
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Clock(), outcome: done},
		{do: fileops.Status("@/file"), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) {
		second := time.Second.Nanoseconds()
		g.Expect(r[3].Stat.Mtime).To(And(BeNumerically(">", r[0].Offset-second), BeNumerically("<", r[2].Offset+second)))
	}},
}
