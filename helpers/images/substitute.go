package images

import (
	"context"
	"fmt"
	"strings"
)

// Labels of a substitute's image. What is built FROM a substitute inherits
// them, and is known by them.
const (
	Label            = "holdfast.substitute"             // the substitute's own name
	LabelFor         = "holdfast.substitute.for"         // the image it stands in for
	LabelDescription = "holdfast.substitute.description" // what it really is, for people
)

// recipe is how one image is stood in for.
type recipe struct {
	repository string
	fits       func(tag string) bool
	build      func(ctx context.Context, c *chain) (*made, error)
}

// made is a substitute ready to be loaded.
type made struct {
	bundle
	name, description string
}

var recipes = []recipe{
	{"library/python", debianPython, buildPython},
	{"qdrant/qdrant", func(string) bool { return true }, buildQdrant},
}

// debianPython tells whether a tag of the official Python image is one of
// Debian's, for Python 3: the substitute is no stand-in for Alpine or Windows.
func debianPython(tag string) bool {
	for _, other := range []string{"alpine", "windows", "nanoserver"} {
		if strings.Contains(tag, other) {
			return false
		}
	}
	return strings.HasPrefix(tag, "3") || tag == "slim" || tag == "latest"
}

func (r reference) recipe() *recipe {
	for i := range recipes {
		if r.hub() && !r.pinned() && recipes[i].repository == r.repository() && recipes[i].fits(r.Identifier()) {
			return &recipes[i]
		}
	}
	return nil
}

// substitute builds the stand-in, once for all runs, and loads it under the
// wanted name and under its own.
func (c *chain) substitute(ctx context.Context) (*Image, error) {
	recipe := c.ref.recipe()
	if recipe == nil {
		return nil, next("there is none for this image")
	}
	if !c.policy.Disposable {
		return nil, next("not used: this engine is not disposable, and a false %s would outlive the run (`lab run` and HOLDFAST_DISPOSABLE=1 give one that is)", c.ref.Familiar())
	}
	image, err := recipe.build(ctx, c)
	if err != nil {
		return nil, err
	}
	c.say.line("loading the substitute %s as %s: %s", image.name, c.ref.Familiar(), image.description)
	if err := load(ctx, c.api, image.bundle, c.ref.Familiar(), image.name); err != nil {
		return nil, fmt.Errorf("loading the substitute for %s into %s: %w", c.wanted, c.api.DaemonHost(), err)
	}
	found, err := c.present(ctx)
	if err == nil && (found == nil || !found.Substitute) {
		err = fmt.Errorf("loading the substitute for %s into %s: the engine took it, but shows no substitute under that name", c.wanted, c.api.DaemonHost())
	}
	return found, err
}
