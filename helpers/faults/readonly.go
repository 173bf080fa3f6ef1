package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// readOnlyFaults concern read-only file systems, and the options of a tmpfs that the
// faults in tmpfs.go leave alone.
var readOnlyFaults = []Fault{
	{"read-only-root-ignored", "ignores --read-only", []rule{onCreate(func(m *creation) { delete(m.host, "ReadonlyRootfs") })}},
	{"read-only-root-with-tmpfs", "mounts a tmpfs at /tmp of a container with --read-only", []rule{onCreate(func(m *creation) {
		if m.host["ReadonlyRootfs"] == true {
			m.addTmpfs("/tmp", "")
		}
	})}},
	{"tmpfs-read-only", "mounts a tmpfs read-only", []rule{tmpfsOptions(added("ro"))}},
	{"volume-read-only-ignored", "mounts `-v VOLUME:PATH:ro` writable", []rule{eachMount(shortVolume, func(a *mount) { a.removeModes("ro") })}},
	{"copy-into-read-only-root", "reports success for `docker cp` into a read-only root file system", []rule{copyAccepted("rootfs")}},
	{"copy-into-read-only-volume", "reports success for `docker cp` into a read-only volume", []rule{copyAccepted("volume")}},
	{"tmpfs-exec-ignored", "ignores the option exec of a tmpfs", []rule{tmpfsOptions(func(options string) string {
		return strings.ReplaceAll(options, "exec", "noexec")
	})}},
	{"tmpfs-default-mode-restricted", "mounts a tmpfs without a mode with the mode 755", []rule{tmpfsOptions(defaultMode("755"))}},
	{"tmpfs-default-mode-kept", "mounts a tmpfs without a mode with the mode 1777 whatever it covers", []rule{tmpfsOptions(defaultMode("1777"))}},
	{"tmpfs-mount-mode-restricted", "mounts `--mount type=tmpfs` without a mode with the mode 700", []rule{tmpfsMounts(func(options object) {
		if options["Mode"] == nil {
			options["Mode"] = 0o700
		}
	})}},
	{"tmpfs-mount-executable", "mounts `--mount type=tmpfs` without noexec", []rule{onCreate(func(m *creation) {
		m.each(ofKind("tmpfs"), func(a *mount) {
			if a.option("TmpfsOptions")["SizeBytes"] == nil {
				m.addTmpfs(a.target, "exec,mode=1777")
			}
		})
		m.drop(func(a *mount) bool { return tmpfsOf(m)[a.target] != nil })
	})}},
	{"tmpfs-in-mounts", "lists the mounts of --tmpfs among the Mounts", []rule{rewrite("/containers/*/json", func(_ *call, container object) object {
		host, _ := container["HostConfig"].(object)
		all, _ := host["Tmpfs"].(object)
		mounts, _ := container["Mounts"].([]any)
		for target := range all {
			mounts = append(mounts, object{"Type": "tmpfs", "Destination": target, "RW": true})
		}
		container["Mounts"] = mounts
		return container
	})}},
	{"shm-small", "makes /dev/shm half as large by default", []rule{onCreate(func(m *creation) {
		if size := fmt.Sprint(m.host["ShmSize"]); size == "0" || size == "<nil>" {
			m.host["ShmSize"] = 32 << 20
		}
	})}},
	{"shm-size-ignored", "ignores --shm-size", []rule{onCreate(func(m *creation) { delete(m.host, "ShmSize") })}},
}

// addTmpfs mounts a tmpfs.
func (m *creation) addTmpfs(target, options string) {
	if tmpfsOf(m) == nil {
		m.host["Tmpfs"] = object{}
	}
	tmpfsOf(m)[target] = options
}

// added returns a function that adds an option.
func added(option string) func(string) string {
	return func(options string) string { return strings.TrimPrefix(options+","+option, ",") }
}

// defaultMode returns a function that adds a mode to options without one.
func defaultMode(mode string) func(string) string {
	return func(options string) string {
		if strings.Contains(options, "mode=") {
			return options
		}
		return added("mode=" + mode)(options)
	}
}

// tmpfsMounts returns a rule that changes the TmpfsOptions of each --mount.
func tmpfsMounts(change func(object)) rule {
	return eachMount(ofKind("tmpfs"), func(a *mount) {
		if options := a.option("TmpfsOptions"); options != nil {
			change(options)
		}
	})
}

// copyAccepted returns a rule that reports success for a copy into a container that the
// engine refuses with the word.
func copyAccepted(word string) rule {
	return on(http.MethodPut, "/containers/*/archive", func(c *call) {
		response := c.engine()
		if !response.ok() && bytes.Contains(response.body, []byte(word)) {
			response = answer{status: http.StatusOK, header: http.Header{}}
		}
		c.reply(response)
	})
}
