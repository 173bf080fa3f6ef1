// Package claims holds the catalogue of what a document states, and judges each
// statement on the engine under test.
package claims

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Catalogue holds every claim of every claims.yaml.
type Catalogue struct {
	Files []File
	byID  map[string]Claim
}

// Source is a file system with a claims.yaml in each directory.
type Source struct {
	Files fs.FS
	Dir   string // the directory of Files in the project, for messages
}

// Load reads and checks every */claims.yaml of the sources. It joins the errors of
// all files, each with file and line.
func Load(sources ...Source) (*Catalogue, error) {
	catalogue := &Catalogue{byID: map[string]Claim{}}
	var problems []error
	for _, source := range sources {
		names, err := fs.Glob(source.Files, "*/claims.yaml")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := fs.ReadFile(source.Files, name)
			if err != nil {
				return nil, err
			}
			problems = append(problems, catalogue.add(path.Join(source.Dir, name), data))
		}
	}
	for _, claim := range catalogue.Claims() {
		if e := claim.Erratum; e != nil && e.With != "" && catalogue.byID[e.With].correction() == "" {
			problems = append(problems, fmt.Errorf("%s:%d: claim %q: `with`: claim %q has no correction", claim.File, claim.Line, claim.ID, e.With))
		}
	}
	return catalogue, errors.Join(problems...)
}

func (c *Catalogue) add(name string, data []byte) error {
	file, err := Parse(name, data)
	problems := []error{err}
	c.Files = append(c.Files, file)
	for _, claim := range file.Claims {
		if first, taken := c.byID[claim.ID]; taken {
			problems = append(problems, fmt.Errorf("%s:%d: claim %q is already defined in %s:%d", claim.File, claim.Line, claim.ID, first.File, first.Line))
		}
		c.byID[claim.ID] = claim
	}
	return errors.Join(problems...)
}

// Claims returns all claims, sorted by id.
func (c *Catalogue) Claims() []Claim {
	return slices.SortedFunc(maps.Values(c.byID), func(a, b Claim) int { return strings.Compare(a.ID, b.ID) })
}

// Claim returns the claim with the id. The error names the nearest id.
func (c *Catalogue) Claim(id string) (Claim, error) {
	if claim, found := c.byID[id]; found {
		return claim, nil
	}
	return Claim{}, fmt.Errorf("claim %q is in no claims.yaml%s", id, nearest(id, slices.Sorted(maps.Keys(c.byID))))
}

// nearest suggests the id that takes the fewest edits to reach; "" where there are no ids.
func nearest(id string, ids []string) string {
	best, fewest := "", 0
	for _, other := range ids {
		edits := 0
		for _, edit := range udiff.Strings(id, other) {
			edits += edit.End - edit.Start + len(edit.New)
		}
		if best == "" || edits < fewest {
			best, fewest = other, edits
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
