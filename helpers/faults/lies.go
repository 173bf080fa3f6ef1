package faults

import "slices"

// lie is a mount that lies: a FUSE file system between the host's files and the engine, that does or
// shows something else than the host's own. The program bindfs mounts it.
type lie struct {
	name, does string
	options    []string // of bindfs
}

// lies concern the files in bind mounts. No proxy can imitate them.
var lies = []lie{
	{"bind-through-fuse", "passes the files of bind mounts through a plain FUSE program", nil},
	{"chown-ignored", "ignores chown in bind mounts", []string{"--chown-ignore", "--chgrp-ignore"}},
	{"chmod-ignored", "ignores chmod in bind mounts", []string{"--chmod-ignore"}},
	{"reads-stale", "shows the contents that a file of a bind mount had when it was first read", []string{"-o", "kernel_cache"}},
	{"files-of-everybody", "lets everybody change every file of a bind mount", []string{"--perms=a+rwX"}},
	{"users-refused", "lets root alone use bind mounts", []string{"--no-allow-other"}},
	{"hard-links-hidden", "shows a link count of one in bind mounts", []string{"--hide-hard-links"}},
	{"links-rewritten", "shows absolute symbolic links of bind mounts as relative ones", []string{"-o", "modules=subdir,subdir=/,rellinks"}},
	{"renames-refused", "refuses to rename files in bind mounts", []string{"--rename-deny"}},
	{"attributes-read-only", "refuses to set extended attributes in bind mounts with another error", []string{"--xattr-ro"}},
	{"programs-refused", "mounts bind mounts without the right to execute programs", []string{"-o", "noexec"}},
	{"names-recoded", "stores the names of bind mounts in Latin-1", []string{"-o", "modules=iconv,from_code=ISO-8859-1"}},
	{"new-files-restricted", "takes the rights of group and others from new files in bind mounts", []string{"--create-with-perms=go="}},
}

// lieFaults are the lies as faults whose proxies change nothing.
var lieFaults = func() (all []Fault) {
	for _, lie := range lies {
		all = append(all, Fault{Name: lie.name, Does: lie.does})
	}
	return all
}()

// Lie returns the options by which bindfs mounts what the engine gets in place of the host's files, if the
// fault is such a mount. It must be there before the engine starts, which must share it.
func (f Fault) Lie() (options []string, isLie bool) {
	at := slices.IndexFunc(lies, func(l lie) bool { return l.name == f.Name })
	if at < 0 {
		return nil, false
	}
	return lies[at].options, true
}
