package strategy

import (
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

// place is where something stands.
type place struct {
	file string
	line int
}

// find returns where the path of keys stands; the last file that has it is
// the one that counts.
func (c *check) find(keys ...string) (place, bool) {
	for i := len(c.project.Sources) - 1; i >= 0; i-- {
		source := c.project.Sources[i]
		if at := model.Find(source.Root, keys...); at.Key != nil {
			return place{source.File, at.Key.Line}, true
		}
	}
	return place{file: c.project.Sources[0].File}, false
}

// ofService returns where a key of a service stands, or else the service.
func (c *check) ofService(service string, keys ...string) place {
	if at, found := c.find(append([]string{"services", service}, keys...)...); found {
		return at
	}
	at, _ := c.find("services", service)
	return at
}

// ofMount returns where a service's mount at a target stands.
func (c *check) ofMount(service string, mount types.ServiceVolumeConfig) place {
	for i := len(c.project.Sources) - 1; i >= 0; i-- {
		source := c.project.Sources[i]
		for _, entry := range model.Pairs(model.Find(source.Root, "services", service, "volumes").Value) {
			if target := targetOf(entry.Value); target != "" && path.Clean(target) == path.Clean(mount.Target) {
				return place{source.File, entry.Value.Line}
			}
		}
	}
	return c.ofService(service, "volumes")
}

// targetOf reads the target of a short or long entry.
func targetOf(entry *yaml.Node) string {
	if entry.Kind == yaml.MappingNode {
		if at := model.Find(entry, "target"); at.Value != nil {
			return at.Value.Value
		}
		return ""
	}
	parts := strings.Split(entry.Value, ":")
	for i := len(parts) - 1; i >= 0; i-- {
		// What follows the target is a mode, which is no absolute path. A
		// variable may stand for a target or be part of one.
		if path.IsAbs(parts[i]) || i == 0 {
			return parts[i]
		}
	}
	return ""
}
