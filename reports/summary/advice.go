package summary

import (
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Advice is what contradicted claims mean for a user of the engine.
type Advice struct {
	Claims []string // any of these, contradicted, calls for the advice
	Text   string   // what does not work, and what to do instead
}

// AllAdvice lists the advice that Print gives for the contract, the most common trouble first.
var AllAdvice = []Advice{
	{[]string{"contract-events/host-writes", "contract-events/host-creates-and-deletes", "contract-events/host-replaces-atomically"},
		"Hot reload by file events does not work in bind mounts: poll (WATCHFILES_FORCE_POLLING=1, CHOKIDAR_USEPOLLING=1), or sync with `develop.watch`."},
	{[]string{"contract-contents/host-edit-is-never-torn", "contract-files/both-sides-of-a-bind-mount"},
		"A container may read old or cut contents after an edit on the host: let programs read again until a checksum matches, or sync with `develop.watch`."},
	{[]string{"contract-files/owner-is-kept", "contract-files/mode-is-kept", "contract-files/mode-is-enforced", "contract-ownership/files-of-containers-users"},
		"Owners or modes of files in bind mounts are not kept: keep database files on a named volume, since databases refuse a directory that others own."},
	{[]string{"contract-locks/host-sees-locks-of-containers", "contract-locks/containers-see-locks-of-the-host"},
		"Locks do not reach from the container to the host: never open one SQLite file on both sides."},
	{[]string{"contract-locks/flock", "contract-locks/fcntl", "contract-locks/sqlite-wal"},
		"Locks do not hold between containers: let only one container write to a file, or use a database server."},
	{[]string{"contract-files/hard-link", "contract-files/fifo", "contract-files/unix-socket"},
		"Hard links, FIFOs or sockets do not work in bind mounts: keep package stores (pnpm, Git objects) and sockets on a named volume."},
	{[]string{"contract-files/nanoseconds", "contract-files/write-advances-mtime", "contract-files/clocks-agree"},
		"Time stamps in bind mounts are coarse or late: build tools that compare them (make, incremental compilers) belong on a named volume."},
	{[]string{"contract-files/case-is-distinguished", "contract-files/unicode-is-kept", "contract-files/odd-characters"},
		"Names that differ in case or in Unicode form collide in bind mounts: rename such files, or keep the tree on a named volume."},
	{[]string{"contract-durability/survives-power-cut", "contract-durability/database-after-power-cut", "contract-durability/replaced-file-is-whole"},
		"Synced data can be lost by a power cut: keep backups elsewhere, and do not rely on this engine for a database."},
	{[]string{"contract-prune/prune-keeps-named", "contract-prune/system-prune-volumes-keeps-named"},
		"Prune also removes named volumes that no container uses: start the containers first, or filter by label."},
}

// advice prints what the contradicted claims mean for the user, whether they are catalogued or not.
func (p printer) advice(d result.Document) {
	var lines []string
	for _, advice := range AllAdvice {
		if slices.ContainsFunc(d.Claims, func(c result.Claim) bool {
			return c.Verdict == result.Contradicted && slices.Contains(advice.Claims, c.ID)
		}) {
			lines = append(lines, strings.Replace(advice.Text, ": ", ":\n      ", 1))
		}
	}
	p.section(bold, "What this means for you:", lines)
}
