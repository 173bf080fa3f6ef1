package strategy

import (
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
)

// moving are tags that say a branch of development rather than a release.
var moving = []string{"latest", "stable", "edge", "nightly", "main", "master", "dev", "develop", "development", "head", "canary"}

func (c *check) immutableImage() {
	c.services(func(service types.ServiceConfig) {
		if service.Build != nil {
			c.report(c.ofService(service.Name, "build"), service.Name, "it is built where it runs: what runs is not what was tested")
			return
		}
		at := c.ofService(service.Name, "image")
		switch _, tag, digest := splitImage(service.Image); {
		case digest != "", service.Image == model.Placeholder:
			// Whoever deploys this has to say which image: nothing to judge.
		case tag == "":
			c.report(at, service.Name, "image %s has no tag, which means latest", service.Image)
		case slices.Contains(moving, strings.ToLower(tag)):
			c.report(at, service.Name, "image %s has a tag that moves", service.Image)
		}
	})
}

// splitImage cuts an image reference; it takes what is none as it is.
func splitImage(reference string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(reference, "@")
	// A colon before a slash is a registry's port.
	if at := strings.LastIndex(name, ":"); at > strings.LastIndex(name, "/") {
		name, tag = name[:at], name[at+1:]
	}
	return name, tag, digest
}

// repository is an image's name as people write it, without registry and library/.
func repository(reference string) string {
	name, _, _ := splitImage(reference)
	if first, rest, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(first, ".:") {
		name = rest
	}
	return strings.TrimPrefix(name, "library/")
}
