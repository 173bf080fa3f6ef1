package strategy

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Words that say in a container's path what is kept there.
var (
	logWords    = []string{"logs", "log"}
	dataWords   = []string{"data", "storage", "db", "database", "pgdata", "vectors", "snapshots", "checkpoints"}
	secretWords = []string{"secrets", "secret", "credentials"}
)

// stores says where well-known images keep their data.
var stores = map[string][]string{
	"qdrant/qdrant": {"/qdrant/storage"}, "postgres": {"/var/lib/postgresql"}, "pgvector/pgvector": {"/var/lib/postgresql"},
	"mysql": {"/var/lib/mysql"}, "mariadb": {"/var/lib/mysql"}, "mongo": {"/data/db"}, "redis": {"/data"},
	"neo4j": {"/data"}, "elasticsearch": {"/usr/share/elasticsearch/data"}, "opensearchproject/opensearch": {"/usr/share/opensearch/data"},
	"semitechnologies/weaviate": {"/var/lib/weaviate"}, "chromadb/chroma": {"/data", "/chroma/chroma"}, "milvusdb/milvus": {"/var/lib/milvus"},
}

// keeps tells what a container's path is for, by its words.
func keeps(target string, words []string) bool {
	for _, part := range strings.Split(strings.ToLower(path.Clean(target)), "/") {
		if slices.Contains(words, part) {
			return true
		}
	}
	return false
}

func isLogs(target string) bool { return keeps(target, logWords) }

func isSecret(target string) bool { return keeps(target, secretWords) }

// isData tells whether data is kept at a mount's target. What is mounted
// read-only keeps nothing.
func isData(mount types.ServiceVolumeConfig) bool {
	return !mount.ReadOnly && !isLogs(mount.Target) && !isSecret(mount.Target) &&
		(keeps(mount.Target, dataWords) || strings.HasPrefix(path.Clean(mount.Target), "/var/lib/") ||
			keeps(mount.Target, []string{"models"}) && filepath.Base(mount.Source) == "models" && filepath.Base(filepath.Dir(mount.Source)) != "src")
}

// mounts visits a service's mounts, the short form of tmpfs included.
func mounts(service types.ServiceConfig, visit func(types.ServiceVolumeConfig)) {
	for _, mount := range service.Volumes {
		visit(mount)
	}
	for _, entry := range service.Tmpfs {
		target, _, _ := strings.Cut(entry, ":")
		visit(types.ServiceVolumeConfig{Type: types.VolumeTypeTmpfs, Target: target})
	}
}

// bound tells whether a mount shows a path of the host: a bind mount, or a
// local volume that is one in disguise.
func (c *check) bound(mount types.ServiceVolumeConfig) bool {
	if mount.Type == types.VolumeTypeBind {
		return true
	}
	options := c.project.Volumes[mount.Source].DriverOpts
	return mount.Type == types.VolumeTypeVolume && slices.ContainsFunc(strings.Split(options["o"], ","), func(option string) bool {
		return option == "bind" || option == "rbind"
	})
}

func (c *check) sourceByBindMount() {
	c.services(func(service types.ServiceConfig) {
		if service.Build == nil {
			return
		}
		for _, mount := range service.Volumes {
			if c.bound(mount) && !isLogs(mount.Target) && !isSecret(mount.Target) && !isData(mount) {
				return
			}
		}
		c.report(c.ofService(service.Name, "build"), service.Name, "it is built here, and no folder of source code is bind mounted: each edit needs a new image")
	})
}

func (c *check) dataOnNamedVolumes() {
	c.services(func(service types.ServiceConfig) {
		mounts(service, func(mount types.ServiceVolumeConfig) {
			switch {
			case mount.Type == types.VolumeTypeVolume && mount.Source == "":
				c.report(c.ofMount(service.Name, mount), service.Name, "%s is an anonymous volume, which no later container finds again", mount.Target)
			case c.bound(mount) && isData(mount):
				c.report(c.ofMount(service.Name, mount), service.Name, "data at %s is bind mounted from %s", mount.Target, mount.Source)
			case mount.Type == types.VolumeTypeTmpfs && c.isStore(service, mount.Target):
				c.report(c.ofService(service.Name, "tmpfs"), service.Name, "data at %s is on a tmpfs and lost with the container", mount.Target)
			}
		})
		for _, store := range storesOf(service) {
			if !slices.ContainsFunc(service.Volumes, func(m types.ServiceVolumeConfig) bool { return covers(m.Target, store) }) &&
				!slices.ContainsFunc(service.Tmpfs, func(entry string) bool { return covers(strings.Split(entry, ":")[0], store) }) {
				c.report(c.ofService(service.Name, "image"), service.Name, "%s keeps its data at %s, where nothing is mounted: it is lost with the container", service.Image, store)
			}
		}
	})
}

// storesOf are the folders that an image is known to keep data in. Of several
// it uses one, by version: any will do where one is mounted.
func storesOf(service types.ServiceConfig) []string {
	folders := stores[repository(service.Image)]
	for _, folder := range folders {
		if slices.ContainsFunc(service.Volumes, func(m types.ServiceVolumeConfig) bool { return covers(m.Target, folder) }) {
			return nil
		}
	}
	return folders[:min(len(folders), 1)]
}

func (c *check) isStore(service types.ServiceConfig, target string) bool {
	return slices.ContainsFunc(stores[repository(service.Image)], func(store string) bool { return covers(target, store) })
}

// covers tells whether a mount at target holds what is kept at folder, or a
// part of it: Postgres is mounted at .../data below its folder, too.
func covers(target, folder string) bool {
	target = path.Clean(target)
	return target == folder || strings.HasPrefix(folder, target+"/") || strings.HasPrefix(target, folder+"/")
}

func (c *check) logsByBindMount() {
	c.services(func(service types.ServiceConfig) {
		mounts(service, func(mount types.ServiceVolumeConfig) {
			if isLogs(mount.Target) && !c.bound(mount) {
				c.report(c.ofMount(service.Name, mount), service.Name, "logs at %s are on a %s, out of the host's sight", mount.Target, mount.Type)
			}
		})
	})
}

func (c *check) noBindMounts() {
	c.services(func(service types.ServiceConfig) {
		for _, mount := range service.Volumes {
			// Logs, data and secrets have rules of their own.
			if c.bound(mount) && !isLogs(mount.Target) && !isData(mount) && !isSecret(mount.Target) {
				c.report(c.ofMount(service.Name, mount), service.Name, "%s is bind mounted at %s", mount.Source, mount.Target)
			}
		}
	})
}

func (c *check) noLocalLogs() {
	c.services(func(service types.ServiceConfig) {
		mounts(service, func(mount types.ServiceVolumeConfig) {
			if isLogs(mount.Target) {
				c.report(c.ofMount(service.Name, mount), service.Name, "logs are kept at %s, on a %s of this host", mount.Target, mount.Type)
			}
		})
	})
}
