package strategy

import (
	"maps"
	"slices"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

const (
	remedyStore = "have the platform's secret store or a secure environment variable provide it (`secrets: NAME: environment: VARIABLE`)"
	remedyMount = "declare it under the top-level `secrets:` from a secret store or a variable (`environment: VARIABLE`), and give it to the service with `secrets:`; never copy it into the image"
)

// noRawSecretFiles finds secrets that come from files of the host.
func (c *check) noRawSecretFiles() {
	for _, name := range slices.Sorted(maps.Keys(c.project.Secrets)) {
		if file := c.project.Secrets[name].File; file != "" {
			at := c.of("secrets", name, "file")
			written := file
			for _, layer := range c.project.Layers("secrets", name) {
				if found := model.Find(layer.Value, "file"); found.Value != nil {
					written = found.Value.Value
					break
				}
			}
			c.found(at, nil, remedyStore, "secret %s is read from the file %s", name, written)
		}
	}
	for _, s := range c.services {
		for _, m := range s.mounts {
			if m.bound && !m.allowed && c.purpose(s, m) == secret {
				c.found(m.at, s, remedyMount, "secret file %s is bind mounted at %s", m.written, m.Target)
			}
		}
	}
}
