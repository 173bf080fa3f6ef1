package images

import (
	"context"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Labels of a substitute. An image that is built FROM a substitute inherits them.
const (
	Label            = "holdfast.substitute"             // the substitute's own name
	LabelFor         = "holdfast.substitute.for"         // the image that it replaces
	LabelDescription = "holdfast.substitute.description" // what it is, for people
)

// recipe describes how to build the substitute for an image.
type recipe struct {
	repository string
	fits       func(tag string) bool
	build      func(ctx context.Context, c *chain) (*built, error)
}

// built is a substitute that is ready to load.
type built struct {
	content           v1.Image
	name, description string
}

var recipes = []recipe{
	{"library/python", debianPython, buildPython},
	{"qdrant/qdrant", func(string) bool { return true }, buildQdrant},
}

// debianPython reports whether a tag of the official Python image is for Python 3
// on Debian. The substitute does not replace an Alpine or Windows image.
func debianPython(tag string) bool {
	for _, other := range []string{"alpine", "windows", "nanoserver"} {
		if strings.Contains(tag, other) {
			return false
		}
	}
	return strings.HasPrefix(tag, "3") || tag == "slim" || tag == "latest"
}

func (r reference) recipe() *recipe {
	if !r.hub() || r.pinned() {
		return nil
	}
	found := stockRecipe(r.repository())
	for i := range recipes {
		if recipes[i].repository == r.repository() {
			found = &recipes[i]
		}
	}
	if found == nil || !found.fits(r.Identifier()) {
		return nil
	}
	return found
}

// substitute builds the substitute, once for all runs, and loads it under the
// wanted name and its own.
func (c *chain) substitute(ctx context.Context) (*Image, error) {
	recipe := c.ref.recipe()
	if recipe == nil {
		return nil, next("there is none for this image")
	}
	if !c.policy.Disposable {
		return nil, next("not used: the engine is not disposable, and would keep the false %s after the run (use `lab run`, or set HOLDFAST_DISPOSABLE=1)", c.ref.Familiar())
	}
	image, err := recipe.build(ctx, c)
	if err != nil {
		return nil, err
	}
	c.progress.line("loading the substitute %s as %s: %s", image.name, c.ref.Familiar(), image.description)
	if err := c.engine.LoadImage(ctx, image.content, c.ref.Familiar(), image.name); err != nil {
		return nil, fmt.Errorf("loading the substitute for %s: %w", c.wanted, err)
	}
	found, err := c.present(ctx)
	if err == nil && (found == nil || !found.Substitute) {
		err = fmt.Errorf("loading the substitute for %s: the engine reported success, but has no substitute under that name", c.wanted)
	}
	return found, err
}
