package images

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// reference is a complete image name: python:3.12-slim,
// library/python:3.12-slim and docker.io/library/python:3.12-slim are equal.
type reference struct{ name.Reference }

func parse(text string) (reference, error) {
	ref, err := name.ParseReference(text)
	if err != nil {
		return reference{}, fmt.Errorf("image name %q: %w", text, err)
	}
	return reference{ref}, nil
}

// same reports whether the text names the same image.
func (r reference) same(text string) bool {
	other, err := parse(text)
	return err == nil && other.Name() == r.Name()
}

func (r reference) hub() bool {
	return r.Context().RegistryStr() == name.DefaultRegistry
}

// repository returns the path on the registry: library/python for python on Docker Hub.
func (r reference) repository() string { return r.Context().RepositoryStr() }

// Familiar returns the short form that engines print and users type.
func (r reference) Familiar() string {
	if !r.hub() {
		return r.Name()
	}
	repository := strings.TrimPrefix(r.repository(), "library/")
	return repository + r.separator() + r.Identifier()
}

// at returns the same image on a mirror of its registry.
func (r reference) at(mirror string) string {
	return strings.TrimSuffix(mirror, "/") + "/" + r.repository() + r.separator() + r.Identifier()
}

func (r reference) separator() string {
	if r.pinned() {
		return "@"
	}
	return ":"
}

// pinned reports whether the reference is by digest, which no other image can have.
func (r reference) pinned() bool {
	_, ok := r.Reference.(name.Digest)
	return ok
}
