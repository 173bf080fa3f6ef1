package faults

import (
	"archive/tar"
	"bytes"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
)

// populationFaults concern the first contents of a volume.
var populationFaults = []Fault{
	{"links-copied-as-files", "copies the links of an image to a volume as files", copied(func(h *tar.Header, _ bool) bool {
		link := h.Typeflag == tar.TypeLink || h.Typeflag == tar.TypeSymlink
		if link {
			h.Typeflag, h.Linkname = tar.TypeReg, ""
		}
		return link
	})},
	{"attributes-not-copied", "copies files of an image to a volume without their attributes", copied(func(h *tar.Header, _ bool) bool {
		h.PAXRecords = nil
		return true
	})},
	{"copied-as-root", "gives the first contents of a volume to root", copied(func(h *tar.Header, alone bool) bool { return !alone && h.Uid != 0 && give(h, 0) })},
	{"empty-directory-of-root", "gives a volume over an empty directory to root", copied(func(h *tar.Header, alone bool) bool { return alone && h.Uid != 0 && give(h, 0) })},
	{"root-directory-given-away", "gives a new volume that covers nothing to another user", copied(func(h *tar.Header, alone bool) bool { return alone && h.Uid == 0 && give(h, 1234) })},
	{"read-only-volume-not-filled", "does not fill a volume that is mounted read-only", []rule{eachMount(shortVolume, func(a *mount) {
		if slices.Contains(a.modes, "ro") {
			a.modes = append(a.modes, "nocopy")
		}
	})}},
	{"nocopy-mount-ignored", "ignores NoCopy of a mount", []rule{eachMount(longVolume, func(a *mount) { delete(a.option("VolumeOptions"), "NoCopy") })}},
	{"volume-filled-again", "copies the image's files to a volume each time", []rule{filled(namedVolume, func(*creation, string, *mount) bool { return true })}},
	{"volume-filled-elsewhere", "copies the image's files to a volume that was mounted elsewhere before", []rule{filled(namedVolume, func(m *creation, _ string, a *mount) bool {
		return m.add("target of "+a.source, a.target)[0] != a.target
	})}},
	{"bind-filled", "copies the image's files to the source of a bind mount", []rule{filled(anyBind, func(*creation, string, *mount) bool { return true })}},
	{"bind-merged", "copies the image's files to the source of a bind mount that has files", []rule{filled(anyBind, func(m *creation, id string, a *mount) bool {
		return entries(m.archive(id, a.target).body) > 1
	})}},
	{"copy-modes-of-binds-unchecked", "accepts the modes copy and nocopy of a bind mount", []rule{eachMount(anyBind, func(a *mount) {
		a.removeModes("copy")
		a.removeModes("nocopy")
	})}},
	{"copy-modes-of-volumes-from-unchecked", "accepts the modes copy and nocopy in --volumes-from", []rule{onCreate(func(m *creation) {
		sources, _ := m.host["VolumesFrom"].([]any)
		for i, source := range sources {
			sources[i] = strings.TrimSuffix(strings.TrimSuffix(text(source), ":copy"), ":nocopy")
		}
	})}},
	{"image-volume-in-parent", "keeps what is written below an image's VOLUME in the volume around it", []rule{onCreate(func(m *creation) {
		targets, _ := m.imageConfig()["Volumes"].(object)
		for target := range targets {
			m.each(func(a *mount) bool { return below(target, a) }, func(a *mount) {
				m.mounts = append(m.mounts, &mount{short: true, kind: "volume", source: a.source, target: target})
			})
		}
	})}},
	{"nested-mount-hidden", "mounts a parent over its child", []rule{onCreate(func(m *creation) {
		all := slices.Clone(m.mounts)
		m.drop(func(a *mount) bool {
			return slices.ContainsFunc(all, func(parent *mount) bool { return below(a.target, parent) })
		})
	})}},
	{"nested-mount-in-parent", "shows what is in a nested mount in the volume around it too", []rule{onCreate(func(m *creation) {
		for _, child := range slices.Clone(m.mounts) {
			m.each(func(a *mount) bool { return below(child.target, a) }, func(parent *mount) {
				m.each(func(a *mount) bool { return a.source == parent.source && a != parent }, func(other *mount) {
					target := other.target + strings.TrimPrefix(child.target, parent.target)
					m.mounts = append(m.mounts, &mount{short: true, kind: "volume", source: child.source, target: target})
				})
			})
		}
	})}},
}

// give gives a file to another user.
func give(h *tar.Header, user int) bool {
	h.Uid, h.Gid = user, user
	return true
}

// below reports whether a path is below the target of a mount.
func below(path string, a *mount) bool { return strings.HasPrefix(path, a.target+"/") }

// copied returns rules that replace what the engine copied from the image to each named volume, as
// far as change changes it. It is told whether the volume's directory is all that there is.
func copied(change func(h *tar.Header, alone bool) bool) []rule {
	return []rule{onCreate(func(m *creation) {
		m.each(namedVolume, func(a *mount) {
			m.then = append(m.then, func(id string) {
				if archive := m.archive(id, a.target); archive.ok() {
					m.extract(id, path.Dir(a.target), changed(archive.body, change))
				}
			})
		})
	})}
}

// changed returns the entries of a tar archive that change changes. It is cut short where the archive is broken.
func changed(archive []byte, change func(h *tar.Header, alone bool) bool) []byte {
	var out bytes.Buffer
	alone := entries(archive) == 1
	from, to := tar.NewReader(bytes.NewReader(archive)), tar.NewWriter(&out)
	for {
		header, err := from.Next()
		if err != nil {
			break
		}
		if !change(header, alone) {
			continue
		}
		header.Format = tar.FormatUnknown
		//lint:ignore SA1019 the reader repeats the records in this field, and the writer would write them again
		header.Xattrs = nil
		if to.WriteHeader(header) != nil {
			break
		}
		if _, err := io.Copy(to, from); err != nil {
			break
		}
	}
	_ = to.Close()
	return out.Bytes()
}

// entries counts the entries of a tar archive.
func entries(archive []byte) (count int) {
	for reader := tar.NewReader(bytes.NewReader(archive)); ; count++ {
		if _, err := reader.Next(); err != nil {
			return count
		}
	}
}

// filled returns a rule that copies the image's files to each of the mounts for which when returns true.
func filled(match func(*mount) bool, when func(m *creation, id string, a *mount) bool) rule {
	return onCreate(func(m *creation) {
		m.each(match, func(a *mount) {
			m.then = append(m.then, func(id string) {
				if when(m, id, a) {
					m.fill(id, text(m.config["Image"]), a.target)
				}
			})
		})
	})
}

// fill copies a directory of an image to a container that has not started.
func (m *creation) fill(id, image, target string) {
	helper, _, err := m.behind.CreateContainer(m.r.Context(), engine.ContainerSpec{Image: image, Labels: m.labels()})
	if err != nil {
		return
	}
	if archive := m.archive(helper, target+"/."); archive.ok() {
		m.extract(id, target, archive.body)
	}
	m.request(http.MethodDelete, "/containers/"+helper, nil, nil)
}
