package files

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

// contents are the promises about what is in a file.
var contents = []row{
	{claim: "written-bytes-are-read", does: "has what was written, appended and cut off", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "hello"), outcome: done},
		{do: fileops.Chmod("@/file", 0o666), outcome: done},
		{do: fileops.Read("@/file"), outcome: reads("hello")},
		{do: fileops.AppendTo("@/file", ", world"), outcome: done},
		{do: fileops.Read("@/file"), outcome: reads("hello, world")},
		{do: fileops.Status("@/file"), outcome: has("Stat.Size", int64(12))},
		{do: fileops.WriteAt("@/file", 7, "W"), outcome: done},
		{do: fileops.Read("@/file"), outcome: reads("hello, World")},
		{do: fileops.TruncateTo("@/file", 5), outcome: done},
		{do: fileops.Read("@/file"), outcome: reads("hello")},
		{do: fileops.Status("@/file"), outcome: has("Stat.Size", int64(5))},
	}},
	{claim: "exclusive-create", does: "is created by exactly one with O_EXCL", in: bothSides, steps: []step{
		{do: fileops.CreateNew("@/file", "first"), outcome: done},
		{do: fileops.CreateNew("@/file", "second"), outcome: fails("EEXIST")},
		{do: fileops.Read("@/file"), outcome: reads("first")},
		{do: fileops.Parallel(twice(fileops.Claim("@", "claimed", 200))...), outcome: done},
		{do: fileops.List("@"), outcome: has("Count", int64(201))},
	}, except: []exception{lost}, also: func(g Gomega, r []fileops.Result) {
		claimed := int64(0)
		for _, branch := range r[3].Branches {
			g.Expect(branch).To(HaveEach(done))
			claimed += branch[0].Count
		}
		g.Expect(claimed).To(BeEquivalentTo(200), "files that one of two programs created")
	}},
	{claim: "sparse-write-reads-zeros", does: "has zeros in a gap", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "begin"), outcome: done},
		{do: fileops.WriteAt("@/file", 10_000, "end"), outcome: done},
		{do: fileops.ReadAt("@/file", 0, 5), outcome: reads("begin")},
		{do: fileops.ReadAt("@/file", 5, 9_995), outcome: readsZeros(9_995)},
		{do: fileops.ReadAt("@/file", 10_000, 10), outcome: reads("end")},
		{do: fileops.Status("@/file"), outcome: has("Stat.Size", int64(10_003))},
	}},
	{claim: "rename-is-atomic", does: "is the old or the new while another is renamed over it", in: everywhere, steps: []step{
		{do: fileops.Replace("@/file", 8192, 1), outcome: done},
		{do: fileops.Parallel([]fileops.Operation{fileops.Replace("@/file", 8192, replacements)}, []fileops.Operation{fileops.Observe("@/file", 8192, replacements)}), outcome: atomic},
	}, except: []exception{onSSHFS(outcomes{1: Not(atomic)})}},
	{claim: "deleted-open-file", does: "stays readable and writable when it is deleted while it is open", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "before"), outcome: done},
		{do: fileops.Open("@/file", "deleted", 0), outcome: done},
		{do: fileops.Unlink("@/file"), outcome: done},
		{do: fileops.Read("").On("deleted"), outcome: reads("before")},
		{do: fileops.WriteAt("", 0, "beyond").On("deleted"), outcome: done},
		{do: fileops.Read("").On("deleted"), outcome: reads("beyond")},
		{do: fileops.Status("@/file"), outcome: fails("ENOENT")},
		{do: fileops.Close("deleted"), outcome: done},
	}},
	{claim: "nothing-left-of-a-deleted-file", does: "leaves nothing when it is deleted while it is open", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "before"), outcome: done},
		{do: fileops.Open("@/file", "removed", 0), outcome: done},
		{do: fileops.Unlink("@/file"), outcome: done},
		{do: fileops.List("@"), outcome: lists()},
		{do: fileops.Close("removed"), outcome: done},
		{do: fileops.List("@"), outcome: lists()},
	}, except: []exception{onSSHFS(outcomes{3: has("Names", HaveEach(HavePrefix(".fuse_hidden")))})}},
	{claim: "syncs-succeed", does: "can be synced", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.SyncFile("@/file"), outcome: done},
		{do: fileops.SyncData("@/file"), outcome: done},
		{do: fileops.SyncFileSystem("@/file"), outcome: done},
		{do: fileops.SyncDirectory("@"), outcome: done},
		{do: fileops.Read("@/file"), outcome: reads("text")},
	}},
	{claim: "direct-io", does: "has the right bytes with O_DIRECT, or refuses it", in: everywhere, steps: []step{
		{do: fileops.WriteDirect("@/file", seed, 64<<10), outcome: fails("", "EINVAL")},
		{do: fileops.Generate("@/cached", seed, 64<<10), outcome: done},
		{do: fileops.ReadDirect("@/cached", 64<<10), outcome: fails("", "EINVAL")},
		{do: fileops.Digest("@/file"), outcome: fails("", "ENOENT")},
	}, also: func(g Gomega, r []fileops.Result) {
		if r[0].OK() {
			g.Expect(r[3].SHA256).To(Equal(r[1].SHA256), "what was written past the cache")
		}
		if r[2].OK() {
			g.Expect(r[2].Data).To(Equal(content(64<<10)), "what was read past the cache")
		}
	}},
	{claim: "copy-file-range", does: "is copied by copy_file_range", in: everywhere, steps: []step{
		{do: fileops.Generate("@/from", seed, 1<<20), outcome: done},
		{do: fileops.CopyRange("@/from", "@/to", 1<<20), outcome: has("Count", int64(1<<20))},
		{do: fileops.Digest("@/to"), outcome: done},
	}, also: func(g Gomega, r []fileops.Result) { g.Expect(r[2].SHA256).To(Equal(r[0].SHA256)) }},
}

// atomic matches what two programs did at once: one replaced a file, and the other saw nothing else than whole versions.
var atomic = HaveField("Branches", HaveExactElements(HaveEach(done), HaveEach(whole)))

// seed makes contents that no file system compresses.
const seed = 16

// content returns what Generate writes.
func content(size int) []byte {
	bytes := make([]byte, size)
	_, _ = fileops.NewContent(seed).Read(bytes) // never fails
	return bytes
}

// lost is what the loser of a race with the host gets.
var lost = onSSHFS(outcomes{0: fails("EPERM")}, atOnce)

// replacements is how often a file is replaced while another program reads it.
const replacements = 100

// twice returns two branches with the same operation.
func twice(o fileops.Operation) [][]fileops.Operation {
	return [][]fileops.Operation{{o}, {o}}
}
