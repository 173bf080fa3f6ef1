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
	{"copied-as-another-user", "gives the first contents of a volume to another user", copied(func(h *tar.Header) { h.Uid, h.Gid = 1234, 1234 })},
	{"copied-as-root", "gives the first contents of a volume to root, with modes of its own", copied(func(h *tar.Header) { h.Uid, h.Gid, h.Mode = 0, 0, 0o755 })},
	{"links-copied-as-files", "copies the links of an image to a volume as files", copied(func(h *tar.Header) {
		if h.Typeflag == tar.TypeLink || h.Typeflag == tar.TypeSymlink {
			h.Typeflag, h.Linkname = tar.TypeReg, ""
		}
	})},
	{"attributes-not-copied", "copies files of an image to a volume without their attributes", copied(func(h *tar.Header) { h.PAXRecords = nil })},
	{"read-only-volume-not-filled", "does not fill a volume that is mounted read-only", []rule{eachMount(shortVolume, func(a *mount) {
		if slices.Contains(a.modes, "ro") {
			a.modes = append(a.modes, "nocopy")
		}
	})}},
	{"volume-filled-again", "copies the image's files to a volume each time", []rule{filled(namedVolume)}},
	{"bind-filled", "copies the image's files to the source of a bind mount", []rule{filled(anyBind)}},
	{"copy-modes-unchecked", "accepts the modes copy and nocopy where they mean nothing", []rule{onCreate(func(m *creation) {
		m.each(anyBind, func(a *mount) { a.removeModes("copy"); a.removeModes("nocopy") })
		sources, _ := m.host["VolumesFrom"].([]any)
		for i, source := range sources {
			sources[i] = strings.TrimSuffix(strings.TrimSuffix(text(source), ":copy"), ":nocopy")
		}
	})}},
	{"image-volume-in-parent", "keeps what is written below an image's VOLUME in the volume around it", []rule{onCreate(func(m *creation) {
		config, _ := m.get("/images/" + text(m.config["Image"]) + "/json")["Config"].(object)
		targets, _ := config["Volumes"].(object)
		for target := range targets {
			m.each(func(a *mount) bool { return strings.HasPrefix(target, a.target+"/") }, func(a *mount) {
				m.mounts = append(m.mounts, &mount{short: true, kind: "volume", source: a.source, target: target})
			})
		}
	})}},
	{"nested-mount-hidden", "mounts a parent over its child", []rule{onCreate(func(m *creation) {
		all := slices.Clone(m.mounts)
		m.drop(func(a *mount) bool {
			return slices.ContainsFunc(all, func(parent *mount) bool { return strings.HasPrefix(a.target, parent.target+"/") })
		})
	})}},
}

// copied returns rules that change what the engine copied from the image to each named volume.
func copied(change func(*tar.Header)) []rule {
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

// changed returns a tar archive with other headers. It is cut short where the archive is broken.
func changed(archive []byte, change func(*tar.Header)) []byte {
	var out bytes.Buffer
	from, to := tar.NewReader(bytes.NewReader(archive)), tar.NewWriter(&out)
	for {
		header, err := from.Next()
		if err != nil {
			break
		}
		change(header)
		header.Format = tar.FormatUnknown
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

// filled returns a rule that copies the image's files to each of the mounts.
func filled(match func(*mount) bool) rule {
	return onCreate(func(m *creation) {
		m.each(match, func(a *mount) {
			m.then = append(m.then, func(id string) { m.fill(id, text(m.config["Image"]), a.target) })
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
