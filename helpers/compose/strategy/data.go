package strategy

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

const (
	remedyNamed   = "mount a named volume there and declare it under the top-level `volumes:`"
	remedyMoved   = "mount the volume at the directory that the finding names"
	remedyForTmp  = "use a named volume without `type: tmpfs`"
	keptAnonymous = "the data goes to an anonymous volume, which no container reuses after `docker compose down`"
)

// dataOnNamedVolumes finds data on anything but a named volume.
func (c *check) dataOnNamedVolumes() {
	for _, s := range c.services {
		for _, m := range s.mounts {
			kind := c.purpose(s, m)
			switch {
			case m.unknown || m.allowed || kind == dependencies:
			case m.Type == types.VolumeTypeVolume && m.Source == "":
				if kind == data {
					c.found(m.at, s, remedyNamed, "%s is an anonymous volume, which no container reuses after `docker compose down`", m.Target)
				} else if !c.insideBind(s, m) {
					c.warn(m.at, s, remedyNamed, "%s is an anonymous volume, which no container reuses after `docker compose down`", m.Target)
				}
			case m.bound && kind == data:
				c.found(m.at, s, remedyNamed, "data at %s is bind mounted from %s", m.Target, m.written)
			case m.memory && m.Type == types.VolumeTypeVolume && kind == data:
				c.found(m.at, s, remedyForTmp, "volume %s for %s is a tmpfs and loses its data when the container stops", m.Source, m.Target)
			case m.memory && c.storeKeeps(s, m.Target):
				c.found(m.at, s, remedyNamed, "data at %s is on a tmpfs and is lost when the container stops", m.Target)
			}
		}
		for _, missing := range c.missing(s) {
			if missing.kind == unmounted {
				c.reportGap(s, missing, remedyNamed)
			}
		}
	}
}

// dataDirectory finds volumes that miss the directory of a store's data.
func (c *check) dataDirectory() {
	for _, s := range c.services {
		for _, missing := range c.missing(s) {
			if missing.kind != unmounted {
				c.reportGap(s, missing, remedyMoved)
			}
		}
	}
}

// reportGap records a gap in a store's mounts; for a cache, as a warning.
func (c *check) reportGap(s *service, missing gap, remedy string) {
	at := s.at("image")
	if s.Build != nil {
		at = s.at("build")
	}
	if missing.kind != unmounted {
		at = missing.mount.at
	}
	if c.store(s.image).Cache {
		c.warn(at, s, remedy, "%s", missing.text)
		return
	}
	c.found(at, s, remedy, "%s", missing.text)
}

// insideBind reports whether an anonymous volume lies below a bind mount: it
// keeps a directory of the image from being hidden.
func (c *check) insideBind(s *service, inner mount) bool {
	return slices.ContainsFunc(s.mounts, func(m mount) bool { return (m.bound || m.unknown) && below(inner.Target, path.Clean(m.Target)) })
}

// The kinds of gap.
const (
	unmounted = iota // nothing is mounted for it
	shadowed         // the image's own VOLUME lies between the mount and the data
	partial          // only a part of it is mounted
	beside           // the volume is mounted elsewhere
)

// gap is a data directory of a store that no mount covers.
type gap struct {
	kind  int
	text  string
	mount mount // but for unmounted
}

// missing lists the data directories of a store that no mount covers. Where the
// version is not known, mounts that suit one of the releases are enough.
func (c *check) missing(s *service) (gaps []gap) {
	_, releases := c.kept(s)
	for _, r := range releases {
		gaps = c.gaps(s, r)
		if len(gaps) == 0 {
			return nil
		}
	}
	return gaps
}

func (c *check) gaps(s *service, r release) (gaps []gap) {
	for _, directory := range r.Data {
		advice := directory
		if r.Mount != "" {
			advice = r.Mount
		}
		holder := c.holder(s, directory)
		switch volume := declaredBetween(r, holder, directory); {
		case holder != nil && volume == "":
			continue
		case holder != nil:
			gaps = append(gaps, gap{shadowed, fmt.Sprintf("%s is mounted at %s, but %s declares its own volume below, at %s: %s. Mount it at %s",
				label(*holder), holder.Target, s.image, volume, keptAnonymous, advice), *holder})
			continue
		}
		fate := "the data is lost with the container"
		if slices.ContainsFunc(r.Volume, func(v string) bool { return covers(v, directory) }) {
			fate = keptAnonymous
		}
		part, other := c.misplaced(s, r, directory)
		switch {
		case part != nil:
			gaps = append(gaps, gap{partial, fmt.Sprintf("%s is mounted at %s, which is only part of %s, where %s keeps its data. For the rest, %s. Mount it at %s",
				label(*part), part.Target, directory, s.image, fate, advice), *part})
		case other != nil && len(r.Data) == 1:
			gaps = append(gaps, gap{beside, fmt.Sprintf("%s is mounted at %s, but %s keeps its data at %s: %s. Mount it at %s",
				label(*other), other.Target, s.image, directory, fate, advice), *other})
		default:
			gaps = append(gaps, gap{kind: unmounted, text: fmt.Sprintf("nothing is mounted at %s, where %s keeps its data: %s", directory, s.image, fate)})
		}
	}
	return gaps
}

// holder returns the innermost mount that holds a directory.
func (c *check) holder(s *service, directory string) (inner *mount) {
	for i, m := range s.mounts {
		if covers(m.Target, directory) {
			if inner == nil || len(m.Target) > len(inner.Target) {
				inner = &s.mounts[i]
			}
		}
	}
	return inner
}

// declaredBetween returns the image's VOLUME between a mount and a directory.
func declaredBetween(r release, holder *mount, directory string) string {
	if holder == nil || holder.unknown {
		return ""
	}
	for _, volume := range r.Volume {
		if below(volume, path.Clean(holder.Target)) && covers(volume, directory) {
			return volume
		}
	}
	return ""
}

// misplaced returns a mount of part of a directory, and one that was meant for it
// but lies elsewhere.
func (c *check) misplaced(s *service, r release, directory string) (part, other *mount) {
	for i, m := range s.mounts {
		if m.Type == types.VolumeTypeTmpfs || m.Type == types.VolumeTypeVolume && m.Source == "" || m.ReadOnly || m.bound && c.isFile(m) {
			continue
		}
		if below(m.Target, directory) {
			if kind := c.purpose(s, m); kind == data {
				part = &s.mounts[i]
			}
			continue
		}
		elsewhere := slices.ContainsFunc(r.Volume, func(v string) bool { return covers(v, path.Clean(m.Target)) && !covers(v, directory) })
		if kind := c.purpose(s, m); !elsewhere && (kind == data || kind == code && !m.bound) && !has(m.Target, []string{"backup", "backups", "dump", "dumps", "import", "plugins", "extensions", "scripts", "docker-entrypoint-initdb.d"}) {
			other = &s.mounts[i]
		}
	}
	return part, other
}

// label returns a mount's name in its file.
func label(m mount) string {
	switch {
	case m.bound:
		return strings.TrimSuffix(m.written, "/")
	}
	return "volume " + m.Source
}
