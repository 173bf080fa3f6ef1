package files

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

// elsewhere is a directory of the container that is always another mount.
const elsewhere = "/dev/shm"

// links are the promises about links and renames.
var links = []row{
	{claim: "hard-link", does: "has the inode and the link count of its hard link", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Link("@/file", "@/link"), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Links", uint64(2))},
		{do: fileops.Status("@/link"), outcome: has("Stat.Links", uint64(2))},
		{do: fileops.Read("@/link"), outcome: reads("text")},
	}, except: []exception{onSSHFS(outcomes{2: has("Stat.Links", uint64(1)), 3: has("Stat.Links", uint64(1))}, bind, hostMakes)}, also: func(g Gomega, r []fileops.Result) { g.Expect(r[3].Stat.Inode).To(Equal(r[2].Stat.Inode)) }},
	{claim: "no-link-across-mounts", does: "cannot be linked or renamed to another mount", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Link("@/file", elsewhere+"/file"), outcome: fails("EXDEV")},
		{do: fileops.Rename("@/file", elsewhere+"/file"), outcome: fails("EXDEV")},
		{do: fileops.Read("@/file"), outcome: reads("text")},
	}},
	{claim: "symbolic-links", does: "is reached by symbolic links that keep their text", in: bothSides, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Symlink("file", "@/relative"), outcome: done},
		{do: fileops.Symlink(own, "@/absolute"), outcome: done},
		{do: fileops.Symlink("no/where", "@/dangling"), outcome: done},
		{do: fileops.Readlink("@/relative"), outcome: reads("file")},
		{do: fileops.Readlink("@/absolute"), outcome: reads(own)},
		{do: fileops.Readlink("@/dangling"), outcome: reads("no/where")},
		{do: fileops.Status("@/dangling"), outcome: has("Stat.Type", "link")},
		{do: fileops.Read("@/relative"), outcome: reads("text")},
		{do: fileops.Read("@/dangling"), outcome: fails("ENOENT")},
	}, except: []exception{onSSHFS(outcomes{5: fails("EPERM")}, bind, hostMakes)}},
	{claim: "absolute-link-stays-inside", does: "is that of the container if an absolute link names it", in: everywhere, steps: []step{
		{do: fileops.Symlink(own, "@/link"), outcome: done},
		{do: fileops.Read("@/link"), outcome: reads(inside)},
		{do: fileops.Symlink("../../../../.."+own, "@/upwards"), outcome: done},
		{do: fileops.Read("@/upwards"), outcome: reads(inside)},
	}, except: []exception{onSSHFS(outcomes{1: fails("EPERM"), 3: fails("EPERM")})}},
	{claim: "rename-noreplace", does: "is not replaced with RENAME_NOREPLACE", in: everywhere, steps: []step{
		{do: fileops.Write("@/one", "one"), outcome: done},
		{do: fileops.Write("@/other", "other"), outcome: done},
		{do: fileops.RenameNoReplace("@/one", "@/other"), outcome: fails("EEXIST")},
		{do: fileops.Read("@/other"), outcome: reads("other")},
		{do: fileops.RenameNoReplace("@/one", "@/new"), outcome: done},
		{do: fileops.Read("@/new"), outcome: reads("one")},
	}, except: []exception{onSSHFS(outcomes{4: fails("EINVAL"), 5: fails("ENOENT")})}},
	{claim: "rename-exchange", does: "is swapped with RENAME_EXCHANGE", in: everywhere, steps: []step{
		{do: fileops.Write("@/one", "one"), outcome: done},
		{do: fileops.Write("@/other", "other"), outcome: done},
		{do: fileops.RenameExchange("@/one", "@/other"), outcome: done},
		{do: fileops.Read("@/one"), outcome: reads("other")},
		{do: fileops.Read("@/other"), outcome: reads("one")},
	}, except: []exception{onSSHFS(outcomes{2: fails("EINVAL"), 3: reads("one"), 4: reads("other")})}},
}
