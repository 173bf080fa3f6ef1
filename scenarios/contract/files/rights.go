package files

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
)

// Users of the container, besides root. Each is the only one of its group.
const (
	ann = 1000
	bob = 1001
)

// rights are the promises about modes, owners, ACLs and extended attributes.
var rights = []row{
	{claim: "mode-is-kept", does: "has the mode that chmod set", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Chmod("@/file", 0o640), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Mode", "640")},
		{do: fileops.Chmod("@/file", 0o6751), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Mode", "6751")},
		{do: fileops.Mkdir("@/directory", 0o755), outcome: done},
		{do: fileops.Chmod("@/directory", 0o1777), outcome: done},
		{do: fileops.Status("@/directory"), outcome: has("Stat.Mode", "1777")},
	}},
	{claim: "mode-is-enforced", does: "is kept from users whom its mode does not allow it", in: everywhere, steps: []step{
		{do: fileops.Write("@/secret", "text"), outcome: done},
		{do: fileops.Chmod("@/secret", 0o600), outcome: done},
		{do: fileops.Write("@/public", "text"), outcome: done},
		{do: fileops.Chmod("@/public", 0o644), outcome: done},
		{do: fileops.Read("@/secret").By(ann, ann), outcome: fails("EACCES")},
		{do: fileops.Read("@/public").By(ann, ann), outcome: reads("text")},
		{do: fileops.AppendTo("@/public", "more").By(ann, ann), outcome: fails("EACCES")},
		{do: fileops.Write("@/own", "text").By(ann, ann), outcome: done},
		{do: fileops.AppendTo("@/own", "more").By(ann, ann), outcome: done},
		{do: fileops.Read("@/own").By(bob, bob), outcome: reads("textmore")},
		{do: fileops.AppendTo("@/own", "more").By(bob, bob), outcome: fails("EACCES")},
	}, except: []exception{onSSHFS(outcomes{4: reads("text"), 6: done, 10: done})}},
	{claim: "sticky-directory", does: "is not removed by another user from a sticky directory", in: everywhere, steps: []step{
		{do: fileops.Mkdir("@/sticky", 0o777), outcome: done},
		{do: fileops.Chmod("@/sticky", 0o1777), outcome: done},
		{do: fileops.Write("@/sticky/file", "text").By(ann, ann), outcome: done},
		{do: fileops.Unlink("@/sticky/file").By(bob, bob), outcome: fails("EPERM", "EACCES")},
		{do: fileops.Read("@/sticky/file"), outcome: reads("text")},
		{do: fileops.Unlink("@/sticky/file").By(ann, ann), outcome: done},
	}, except: []exception{onSSHFS(outcomes{3: done, 4: fails("ENOENT"), 5: fails("ENOENT")})}},
	{claim: "owner-is-kept", does: "has the owner that chown set, for every container", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.Chown("@/file", ann, bob), outcome: done},
		{do: fileops.Status("@/file"), outcome: And(has("Stat.UID", ann), has("Stat.GID", bob))},
		{do: fileops.Status("@/file"), outcome: And(has("Stat.UID", ann), has("Stat.GID", bob)), who: first},
		{do: fileops.Write("@/own", "text").By(ann, ann), outcome: done},
		{do: fileops.Status("@/own"), outcome: And(has("Stat.UID", ann), has("Stat.GID", ann))},
	}, except: []exception{onSSHFS(outcomes{5: has("Stat.UID", 0)})}},
	{claim: "chown-needs-root", does: "cannot be given away without root's rights", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text").By(ann, ann), outcome: done},
		{do: fileops.Chown("@/file", bob, bob).By(ann, ann), outcome: fails("EPERM")},
		{do: fileops.Status("@/file"), outcome: has("Stat.UID", ann)},
	}, except: []exception{onSSHFS(outcomes{1: done, 2: has("Stat.UID", bob)})}},
	{claim: "umask", does: "has its mode less the umask", in: everywhere, steps: []step{
		{do: createWith("@/file", 0o666).WithUmask(0o027), outcome: done},
		{do: fileops.Status("@/file"), outcome: has("Stat.Mode", "640")},
		{do: fileops.Mkdir("@/directory", 0o777).WithUmask(0o022), outcome: done},
		{do: fileops.Status("@/directory"), outcome: has("Stat.Mode", "755")},
		{do: createWith("@/open", 0o666).WithUmask(0), outcome: done},
		{do: fileops.Status("@/open"), outcome: has("Stat.Mode", "666")},
	}, except: []exception{onSSHFS(outcomes{5: has("Stat.Mode", "644")})}},
	{claim: "default-acl", does: "inherits the default ACL of its directory, or there are none", in: everywhere, steps: []step{
		{do: fileops.Mkdir("@/directory", 0o777), outcome: done},
		{do: fileops.SetAttribute("@/directory", fileops.DefaultACL, fileops.ACL(0o770, ann, 6)), outcome: fails("", "EOPNOTSUPP")},
		{do: fileops.Write("@/directory/file", "text").WithUmask(0o077), outcome: done},
		{do: fileops.Read("@/directory/file").By(ann, ann), outcome: fails("", "EACCES")},
		{do: fileops.Read("@/directory/file").By(bob, bob), outcome: fails("", "EACCES")},
	}, also: func(g Gomega, r []fileops.Result) {
		if r[1].OK() { // the ACL takes the place of the umask, and lets one more user read
			g.Expect(r[3]).To(reads("text"))
			g.Expect(r[4]).To(fails("EACCES"))
		}
	}},
	{claim: "xattr", does: "has its extended attributes after a rename, or there are none", in: everywhere, steps: []step{
		{do: fileops.Write("@/file", "text"), outcome: done},
		{do: fileops.SetAttribute("@/file", "user.holdfast", "value"), outcome: fails("", "EOPNOTSUPP")},
		{do: fileops.Rename("@/file", "@/renamed"), outcome: done},
		{do: fileops.GetAttribute("@/renamed", "user.holdfast"), outcome: fails("", "EOPNOTSUPP")},
	}, also: func(g Gomega, r []fileops.Result) {
		if r[1].OK() {
			g.Expect(r[3]).To(reads("value"))
		}
	}},
}

// createWith creates a file of a mode.
func createWith(path string, mode uint32) fileops.Operation {
	o := fileops.CreateNew(path, "text")
	o.Mode = mode
	return o
}
