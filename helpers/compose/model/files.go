package model

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// file is a compose file with the files that it refers to.
type file struct {
	*Source
	dir      string           // what its paths are relative to
	includes [][]*file        // each include: its files in the order of merging
	bases    map[string]*file // by the path that `extends` gives
}

// RemoteError reports a compose file on the network. It is not read, so the
// project cannot be judged.
type RemoteError struct{ Reference string }

// Error names the reference.
func (e *RemoteError) Error() string {
	return fmt.Sprintf("%s is remote and is not read here: fetch it (`docker compose config` prints the whole project), and check that file", e.Reference)
}

// remote matches the references that Docker Compose fetches: Git repositories, OCI artifacts and HTTP.
var remote = regexp.MustCompile(`^(?:oci://|https?://|git://|ssh://|git@|github\.com/)`)

// reader reads the files of a project, each once.
type reader struct {
	lookup func(string) (string, bool)
	read   map[string]*Source
	errors []*LoadError
}

// open reads a file and the files that it refers to. `within` lists the files that
// led here; a file among them is not opened again.
func (r *reader) open(name, dir string, within []string, included bool) (*file, error) {
	source, known := r.read[name]
	if !known {
		var err error
		if source, err = ReadSource(name); err != nil {
			return nil, err
		}
		r.read[name] = source
	}
	opened := &file{Source: source, dir: dir, bases: map[string]*file{}}
	if slices.Contains(within, name) || len(within) > 50 {
		return opened, nil
	}
	within = append(within[:len(within):len(within)], name)
	for _, document := range source.Documents {
		if included {
			for _, entry := range Pairs(Find(document, "include").Value) {
				r.include(opened, entry, within)
			}
		}
		for _, section := range []string{"services", "jobs"} {
			for _, service := range Pairs(Find(document, section).Value) {
				r.extend(opened, Find(service.Value, "extends", "file"), within)
			}
		}
	}
	return opened, nil
}

// include opens the files of one entry of `include`.
func (r *reader) include(from *file, entry Pair, within []string) {
	paths := Pair{entry.Key, entry.Value}
	dir := ""
	if entry.Value.Kind == yaml.MappingNode {
		paths = Find(entry.Value, "path")
		if at := Find(entry.Value, "project_directory"); at.Value != nil {
			dir = r.join(from.dir, at.Value)
		}
	}
	var files []*file
	for _, path := range Scalars(paths.Value) {
		name := r.join(from.dir, path)
		dir = cmp.Or(dir, filepath.Dir(name))
		if opened := r.follow(from, path, name, dir, within, true); opened != nil {
			files = append(files, opened)
		}
	}
	from.includes = append(from.includes, files)
}

// extend opens the file of a service's `extends`.
func (r *reader) extend(from *file, at Pair, within []string) {
	if at.Value == nil || at.Value.Kind != yaml.ScalarNode {
		return
	}
	name := r.join(from.dir, at.Value)
	if opened := r.follow(from, at.Value, name, filepath.Dir(name), within, false); opened != nil {
		from.bases[at.Value.Value] = opened
	}
}

// follow opens a file that another one refers to. It records an error at the
// reference if it cannot.
func (r *reader) follow(from *file, at *yaml.Node, name, dir string, within []string, included bool) *file {
	text := r.expand(at)
	if remote.MatchString(text) {
		r.errors = append(r.errors, &LoadError{File: from.File, Line: at.Line, Err: &RemoteError{text}})
		return nil
	}
	if included && slices.Contains(within, name) {
		// compose-go detects such a cycle only in the first path of an include, and never returns otherwise.
		r.errors = append(r.errors, &LoadError{File: from.File, Line: at.Line, Err: fmt.Errorf("include cycle detected: %s includes itself", Printable(name))})
		return nil
	}
	opened, err := r.open(name, dir, within, included)
	if err != nil {
		r.errors = append(r.errors, &LoadError{File: from.File, Line: at.Line, Err: errors.New(Printable(err.Error())), Unset: UnsetIn(name)})
		return nil
	}
	return opened
}

func (r *reader) expand(node *yaml.Node) string {
	text, err := substitute(node.Value, r.lookup)
	if err != nil {
		return node.Value
	}
	return text
}

func (r *reader) join(dir string, node *yaml.Node) string {
	text := r.expand(node)
	if filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(dir, text)
}

// unextendable finds the first service in the order of the text that extends
// itself or a service that does not exist.
func unextendable(files []*file) *LoadError {
	for _, from := range files {
		for _, document := range from.Documents {
			for _, section := range []string{"services", "jobs"} {
				for _, service := range Pairs(Find(document, section).Value) {
					if err := extension(from, section, service.Key.Value); err != nil {
						return &LoadError{File: from.File, Line: Find(service.Value, "extends").Key.Line, Err: err}
					}
				}
			}
		}
		for _, included := range from.includes {
			if found := unextendable(included); found != nil {
				return found
			}
		}
	}
	return nil
}

// extension follows the services that a service extends.
func extension(from *file, section, name string) error {
	var chain []string
	seen := map[*yaml.Node]bool{}
	for from != nil {
		found := layers([]*file{from}, section, name)
		chain = append(chain, name)
		switch {
		case len(found) == 0 && len(chain) > 1 && !strings.Contains(name, "$"):
			return fmt.Errorf("cannot extend service %q: service %q not found in %s", chain[len(chain)-2], name, from.File)
		case len(found) == 0:
			return nil
		case seen[found[0].Key]:
			return fmt.Errorf("circular reference: service %s", strings.Join(chain, " extends "))
		}
		seen[found[0].Key] = true
		if from, name = from.base(found[0].Value); name == "" {
			return nil
		}
	}
	return nil
}

// base returns the file and the name of the service that a service extends;
// empty where it extends none.
func (f *file) base(service *yaml.Node) (*file, string) {
	extends := Find(service, "extends")
	if extends.Value == nil {
		return nil, ""
	}
	if extends.Value.Kind == yaml.ScalarNode {
		return f, extends.Value.Value
	}
	name := Find(extends.Value, "service")
	if name.Value == nil {
		return nil, ""
	}
	if in := Find(extends.Value, "file"); in.Value != nil {
		return f.bases[in.Value.Value], name.Value.Value
	}
	return f, name.Value.Value
}

// Layer is one of the places that define a service or another named element.
type Layer struct {
	*Source
	Pair
}

// layers lists the definitions of an element of a section by precedence: the last
// file before the first, a file before those that it includes, a service before
// the one that it extends.
func layers(files []*file, section, name string) []Layer {
	var found []Layer
	seen := map[*yaml.Node]bool{}
	var search func(files []*file, name string)
	search = func(files []*file, name string) {
		for _, from := range slices.Backward(files) {
			for _, document := range slices.Backward(from.Documents) {
				at := Find(document, section, name)
				if at.Key == nil || seen[at.Key] {
					continue
				}
				seen[at.Key] = true
				found = append(found, Layer{from.Source, at})
				if base, service := from.base(at.Value); base != nil && service != "" {
					search([]*file{base}, service)
				}
			}
			for _, included := range from.includes {
				search(included, name)
			}
		}
	}
	search(files, name)
	return found
}
