package faults

import "strings"

// subpathFaults concern subpaths of volumes, as the contract's specs name them.
var subpathFaults = []Fault{
	{"subpath-file-ignored", "mounts the whole volume in place of a subpath below a directory", []rule{subpath(func(path string) bool {
		return strings.Contains(strings.TrimLeft(path, "/."), "/")
	})}},
	{"subpath-link-ignored", "mounts the whole volume in place of a subpath that is a link", []rule{subpath(func(path string) bool { return path == "inside" })}},
	{"subpath-missing-ignored", "mounts the whole volume in place of a missing subpath", []rule{subpath(func(path string) bool { return path == "missing" })}},
	{"subpath-unnamed-accepted", "ignores the subpath of a volume without a name", []rule{eachMount(
		func(a *mount) bool { return !a.short && a.source == "" }, func(a *mount) { delete(a.option("VolumeOptions"), "Subpath") })}},
}

// subpath returns a rule that ignores the subpaths that match.
func subpath(match func(string) bool) rule {
	return eachMount(longVolume, func(a *mount) {
		if options := a.option("VolumeOptions"); match(text(options["Subpath"])) {
			delete(options, "Subpath")
		}
	})
}
