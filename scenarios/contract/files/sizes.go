package files

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

const (
	mib  = int64(1) << 20
	huge = 5 << 30
)

// sizes are the promises about the space that a file takes.
var sizes = []row{
	{claim: "sparse-file", does: "can have 5 GiB and use less than 1 MiB", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "begin"), outcome: done},
		{do: fileops.WriteAt("@/file", huge-3, "end"), outcome: done},
		{do: fileops.Status("@/file"), outcome: And(has("Stat.Size", int64(huge)), has("Stat.Used", BeNumerically("<", mib)))},
		{do: fileops.ReadAt("@/file", huge-4, 10), outcome: reads("\x00end")},
		{do: fileops.Unlink("@/file"), outcome: done},
	}, except: []exception{onSSHFS(outcomes{2: has("Stat.Used", BeEquivalentTo(huge))})}},
	{claim: "seek-data-and-hole", does: "shows its data and holes", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "begin"), outcome: done},
		{do: fileops.WriteAt("@/file", 4*mib, "middle"), outcome: done},
		{do: fileops.TruncateTo("@/file", 8*mib), outcome: done},
		{do: fileops.SeekData("@/file", 0), outcome: has("Offset", BeZero())},
		{do: fileops.SeekHole("@/file", 0), outcome: has("Offset", BeNumerically(">=", 5))},
		{do: fileops.SeekData("@/file", 5), outcome: has("Offset", BeNumerically("<=", 4*mib))},
		{do: fileops.SeekHole("@/file", 4*mib), outcome: has("Offset", BeNumerically(">=", 4*mib+6))},
		{do: fileops.ReadAt("@/file", 4*mib, 6), outcome: reads("middle")},
	}},
	{claim: "fallocate", does: "gets its size by fallocate, or stays as it was", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", ""), outcome: done},
		{do: fileops.Allocate("@/file", 0, mib), outcome: fails("", "EOPNOTSUPP")},
		{do: fileops.Status("@/file"), outcome: done},
		{do: fileops.Read("@/file"), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) {
		size := mib
		if !r[1].OK() {
			size = 0
		}
		g.Expect(r[2].Stat.Size).To(Equal(size))
		g.Expect(r[3]).To(readsZeros(int(size)))
	}},
	{claim: "punch-hole", does: "has zeros in a hole, and the rest as before", in: everywhere, steps: []step{
		{do: fileops.Generate("@/file", seed, 64<<10), outcome: done},
		{do: fileops.PunchHole("@/file", 8<<10, 16<<10), outcome: fails("", "EOPNOTSUPP")},
		{do: fileops.Read("@/file"), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) {
		want := content(64 << 10)
		if r[1].OK() {
			clear(want[8<<10 : 24<<10])
		}
		g.Expect(r[2].Data).To(Equal(want))
	}},
	// Others use the same disk: one of several tries must be as promised.
	{claim: "free-space", does: "shrinks the free space by its size", in: everywhere, tries: 10, steps: []step{
		{do: fileops.SyncFileSystem("@"), outcome: done},
		{do: fileops.FreeSpace("@"), outcome: done},
		{do: synced(fileops.Generate("@/file", seed, 16*mib)), outcome: done},
		{do: fileops.FreeSpace("@"), outcome: done},
		{do: fileops.Unlink("@/file"), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) {
		g.Expect(r[1].FS.Free-r[3].FS.Free).To(BeNumerically("~", 16*mib, 16*mib/10), "bytes less")
	}},
}

// synced has an operation sync what it writes.
func synced(o fileops.Operation) fileops.Operation {
	o.Flags |= fileops.Sync
	return o
}
