package strategy

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

// mount is a mount of a service with the facts that the rules need.
type mount struct {
	types.ServiceVolumeConfig
	at      place
	written string // the source as the file has it
	bound   bool   // it shows a path of the host: a bind mount, or a local volume that is one in disguise
	memory  bool   // a tmpfs, or a local volume on one: its data is lost when the container stops
	unknown bool   // a variable decides whether its source is a path or a volume
	allowed bool   // the configuration allows this bind mount
}

// mounts lists a service's mounts, including `tmpfs`.
func (c *check) mounts(s *service) (all []mount) {
	for _, config := range s.Volumes {
		m := mount{ServiceVolumeConfig: config}
		m.at, m.written = c.entry(s, config)
		options := c.project.Volumes[config.Source].DriverOpts
		local := config.Type == types.VolumeTypeVolume && slices.Contains([]string{"", "local"}, c.project.Volumes[config.Source].Driver)
		m.bound = config.Type == types.VolumeTypeBind || local && bindOption(options["o"])
		m.memory = config.Type == types.VolumeTypeTmpfs || local && options["type"] == types.VolumeTypeTmpfs
		m.unknown = config.Type == types.VolumeTypeVolume && model.IsUnset(config.Source) || model.IsUnset(config.Target)
		if m.bound && config.Type == types.VolumeTypeVolume {
			m.Source, m.written = options["device"], options["device"]
		}
		m.allowed = c.config.allowsBind(m)
		all = append(all, m)
	}
	for _, entry := range s.Tmpfs {
		target, _, _ := strings.Cut(entry, ":")
		all = append(all, mount{ServiceVolumeConfig: types.ServiceVolumeConfig{Type: types.VolumeTypeTmpfs, Target: target}, at: s.at("tmpfs"), memory: true})
	}
	return all
}

func bindOption(options string) bool {
	return slices.ContainsFunc(strings.Split(options, ","), func(option string) bool { return option == "bind" || option == "rbind" })
}

// inherited lists the mounts that `volumes_from` adds.
func (c *check) inherited(s *service) (all []mount) {
	for _, from := range s.VolumesFrom {
		name, mode, _ := strings.Cut(from, ":")
		i := slices.IndexFunc(c.services, func(other *service) bool { return other.Name == name })
		if name == "container" || i < 0 {
			// The mounts of a container outside the project are not known.
			all = append(all, mount{ServiceVolumeConfig: types.ServiceVolumeConfig{Type: types.VolumeTypeVolume, Target: "/"}, at: s.at("volumes_from"), unknown: true})
			continue
		}
		for _, m := range c.mounts(c.services[i]) {
			m.ReadOnly = m.ReadOnly || mode == "ro"
			all = append(all, m)
		}
	}
	return all
}

// entry returns the place of a mount and its source as the file writes it.
func (c *check) entry(s *service, config types.ServiceVolumeConfig) (place, string) {
	for _, layer := range s.layers {
		for _, entry := range model.Pairs(model.Find(layer.Value, "volumes").Value) {
			source, target := c.parseEntry(entry.Value)
			if target != "" && path.Clean(target) == path.Clean(config.Target) {
				return place{layer.File, entry.Value.Line}, source
			}
		}
	}
	return s.at("volumes"), config.Source
}

// parseEntry returns the source of a short or long entry as the file writes it, and its target.
func (c *check) parseEntry(entry *yaml.Node) (source, target string) {
	if entry.Kind == yaml.MappingNode {
		if at := model.Find(entry, "source"); at.Value != nil {
			source = at.Value.Value
		}
		if at := model.Find(entry, "target"); at.Value != nil {
			target = c.project.Expand(at.Value.Value)
		}
		return source, target
	}
	parsed, err := format.ParseVolume(c.project.Expand(entry.Value))
	if err != nil {
		return "", ""
	}
	written, err := format.ParseVolume(entry.Value)
	if err != nil || written.Source == "" {
		return parsed.Source, parsed.Target
	}
	return written.Source, parsed.Target
}

// covers reports whether a mount at a target contains a directory.
func covers(target, directory string) bool {
	target = path.Clean(target)
	return target == "/" || target == directory || strings.HasPrefix(directory, target+"/")
}

// below reports whether a path is inside a directory.
func below(inner, directory string) bool {
	return path.Clean(inner) != directory && covers(directory, path.Clean(inner))
}

// extension returns a file name's extension in lower case, without the dot;
// empty for a directory's name such as conf.d.
func extension(name string) string {
	base := filepath.Base(name)
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(base, ".d")), "."))
}
