package strategy

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

//go:embed stores.yaml
var storesText []byte

// store describes images that keep data in the same way.
type store struct {
	Images   []string  `yaml:"images"`
	Source   string    `yaml:"source"`  // the documentation or the Dockerfile
	Version  string    `yaml:"version"` // finds the major version in a tag; empty: at its start
	Releases []release `yaml:"releases"`
	Env      []string  `yaml:"env"`    // variables that move the data
	Flags    []string  `yaml:"flags"`  // options that move the data
	Server   []string  `yaml:"server"` // the server's program; where another one is run, it keeps no data
	Needs    string    `yaml:"needs"`  // what command or environment must say for it to keep data
	Cache    bool      `yaml:"cache"`  // it often is only a cache
}

// release is where a range of versions keeps its data.
type release struct {
	From   int      `yaml:"from"`
	Until  *int     `yaml:"until"` // absent: up to the newest
	Data   []string `yaml:"data"`
	Volume []string `yaml:"volume"` // what the image declares as VOLUME
	Mount  string   `yaml:"mount"`  // where to mount a volume, if not at the data
}

// storesByImage returns the table of known stores by image; it is read once.
var storesByImage = sync.OnceValue(func() map[string]*store {
	var table []*store
	if err := yaml.Load(storesText, &table, yaml.WithKnownFields()); err != nil {
		panic(fmt.Sprintf("stores.yaml: %v", err))
	}
	all := map[string]*store{}
	for _, one := range table {
		for _, image := range one.Images {
			all[image] = one
		}
	}
	return all
})

// store returns the description of an image: the configuration's, else the table's.
func (c *check) store(image string) *store {
	name := repository(image)
	if own := c.config.Stores[withoutTag(image)]; own != nil {
		return &store{Images: []string{image}, Releases: []release{{Data: own}}}
	}
	if own := c.config.Stores[name]; own != nil {
		return &store{Images: []string{image}, Releases: []release{{Data: own}}}
	}
	return storesByImage()[name]
}

var leadingNumber = regexp.MustCompile(`^v?(\d+)`)

// candidates lists the releases that an image can belong to: one if the tag names
// it, all if a variable or a digest hides it. A tag without a number means the
// newest.
func (s *store) candidates(image string) []release {
	_, tag, digest := splitImage(image)
	if len(s.Releases) == 1 {
		return s.Releases
	}
	if model.IsUnset(tag) || tag == "" && digest != "" {
		return s.Releases
	}
	number := leadingNumber
	if s.Version != "" {
		number = regexp.MustCompile(s.Version)
	}
	found := number.FindStringSubmatch(tag)
	if found == nil {
		return s.Releases[len(s.Releases)-1:]
	}
	major, _ := strconv.Atoi(found[1])
	for _, r := range s.Releases {
		if major >= r.From && (r.Until == nil || major <= *r.Until) {
			return []release{r.of(found[1])}
		}
	}
	return s.Releases[len(s.Releases)-1:]
}

// of writes a major version into the directories that are named after it.
func (r release) of(major string) release {
	r.Data = slices.Clone(r.Data)
	for i := range r.Data {
		r.Data[i] = strings.ReplaceAll(r.Data[i], "{major}", major)
	}
	return r
}

// kept returns the store that a service runs and where it keeps its data; nil if
// the image is not a store, runs another program or keeps nothing.
func (c *check) kept(s *service) (*store, []release) {
	known := c.store(s.image)
	if known == nil || model.IsUnset(s.image) && repository(s.image) == "" || !known.serves(s) || known.off(s) {
		return nil, nil
	}
	releases := slices.Clone(known.candidates(s.image))
	for i, r := range releases {
		releases[i] = r.of(strconv.Itoa(r.From))
	}
	moved, unknown := known.moved(c, s)
	if unknown {
		return nil, nil
	}
	if moved != "" {
		releases = slices.Clone(releases)
		for i := range releases {
			releases[i].Data, releases[i].Mount = []string{moved}, ""
		}
	}
	return known, releases
}

var shells = []string{"sh", "bash", "ash", "dash", "zsh"}

// clients are programs of store images that are not their servers.
var clients = strings.Fields("psql pg_dump pg_dumpall pg_restore pg_isready pgbench createdb dropdb mysql mysqladmin mysqldump mariadb mariadb-dump mongo mongosh mongodump mongorestore mongoimport redis-cli valkey-cli " +
	"influx cypher-shell clickhouse-client cqlsh kafka-topics kafka-topics.sh kafka-console-consumer rabbitmqctl mc etcdctl vault consul-template wp curl wget sleep tail cat echo true exit cp chown chmod mkdir rm tar python python3 node")

// serves reports whether a service runs the store's server, not a client, a
// backup or a script.
func (k *store) serves(s *service) bool {
	line := append(slices.Clone([]string(s.Entrypoint)), s.Command...)
	if s.job || len(line) == 0 {
		return !s.job
	}
	server := func(text string) bool {
		names := append([]string{"docker-entrypoint", "entrypoint.sh", path.Base(k.Images[0])}, k.Server...)
		return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(text, name) })
	}
	first := path.Base(line[0])
	switch {
	case slices.Contains(shells, first):
		return server(strings.Join(line, " "))
	case slices.Contains(clients, first) && !slices.Contains(k.Server, first):
		return false
	}
	return true
}

// off reports whether the service is told not to persist.
func (k *store) off(s *service) bool {
	text := strings.Join(s.Command, " ")
	for i, word := range s.Command {
		if word == "--save" && i+1 < len(s.Command) && strings.Trim(s.Command[i+1], `"'`) == "" && !strings.Contains(text, "appendonly yes") {
			return true
		}
	}
	if k.Cache && regexp.MustCompile(`--save ["']{2}|maxmemory-policy["']?[ =]["']?allkeys-`).MatchString(text) && !strings.Contains(text, "appendonly yes") {
		return true
	}
	if k.Needs != "" {
		for name, value := range s.Environment {
			if value != nil {
				text += " " + name + "=" + *value
			}
		}
		return !regexp.MustCompile(k.Needs).MatchString(text)
	}
	return false
}

// moved returns the data directory that a variable or an option sets; unknown if
// it is set to something that cannot be read here.
func (k *store) moved(c *check, s *service) (directory string, unknown bool) {
	choose := func(value string) {
		value = strings.Trim(value, `"'`)
		if path.IsAbs(value) && !model.IsUnset(value) {
			directory = path.Clean(value)
		} else {
			unknown = true
		}
	}
	for _, name := range k.Env {
		if value, set := s.Environment[name]; set && value != nil && *value != "" {
			choose(*value)
		}
	}
	for i, word := range s.Command {
		for _, flag := range k.Flags {
			if value, is := strings.CutPrefix(word, flag+"="); is {
				choose(value)
			} else if word == flag && i+1 < len(s.Command) {
				choose(s.Command[i+1])
			}
		}
	}
	return directory, unknown
}

// storeKeeps reports whether a service's image keeps data in a directory.
func (c *check) storeKeeps(s *service, target string) bool {
	_, releases := c.kept(s)
	return slices.ContainsFunc(releases, func(r release) bool {
		return slices.ContainsFunc(r.Data, func(directory string) bool {
			return path.Clean(target) != "/" && (covers(target, directory) || below(target, directory))
		})
	})
}
