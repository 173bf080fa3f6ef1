package strategy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

const (
	remedyBuild  = "build and push it before the deployment, and refer to it here as `image: registry/app:v1.2.3` or `image: registry/app@sha256:...`"
	remedyOwnTag = "give each build its own version tag (`image: registry/app:v1.2.3`), or use its digest"
	remedyPin    = "pin the full version and its digest (`image: nginx:1.29.1@sha256:...`; `docker buildx imagetools inspect IMAGE` prints it)"
)

// branches are tags that name a development branch or channel instead of a release.
var branches = []string{"latest", "edge", "nightly", "main", "master", "dev", "devel", "develop", "development", "head", "canary", "next", "unstable", "testing", "snapshot", "trunk", "beta", "alpha", "rolling", "current", "mainline", "insiders", "daily", "weekly", "staging", "prod", "production", "release", "public"}

var (
	hasVersion = regexp.MustCompile(`\d+[._]\d+|\d{4,}|[0-9a-f]{7,}|RELEASE|r\d+|-b\d+`)
	bareMajor  = regexp.MustCompile(`^v?\d{1,3}(?:-[a-z][a-z0-9.-]*)?$`)
)

// immutableImage finds images that are built at deployment, and tags that move.
func (c *check) immutableImage() {
	for _, s := range c.services {
		if s.Build != nil {
			c.found(s.at("build"), s, remedyBuild, "the image is built at deployment: what runs is not what was tested")
			continue
		}
		if s.Image == "" {
			continue
		}
		name, tag, digest := splitImage(s.Image)
		remedy := remedyPin
		if first, _, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(first, ".:") && !slices.Contains(publicRegistries, first) || c.isBuilt(name) {
			remedy = remedyOwnTag
		}
		at := s.at("image")
		lower := strings.ToLower(tag)
		switch {
		case digest != "" || model.IsUnset(tag) || model.IsUnset(name):
			// The deployment chooses the image: there is nothing to judge.
		case tag == "":
			c.found(at, s, remedy, "image %s has no tag and defaults to latest", s.Image)
		case slices.Contains(branches, lower):
			c.found(at, s, remedy, "the tag of image %s moves with every build", s.Image)
		case bareMajor.MatchString(lower):
			c.warn(at, s, remedy, "the tag of image %s moves with every release of that major version", s.Image)
		case !hasVersion.MatchString(lower):
			c.warn(at, s, remedy, "the tag of image %s names no version and moves with every release", s.Image)
		case startsWithBranch(lower):
			c.warn(at, s, remedy, "the tag of image %s moves with every release", s.Image)
		}
	}
}

// startsWithBranch reports whether a tag starts with the name of a channel, as latest-pg16 does.
func startsWithBranch(tag string) bool {
	first, _, _ := strings.Cut(tag, "-")
	return slices.Contains([]string{"latest", "edge", "nightly", "stable", "lts", "rolling"}, first) && !regexp.MustCompile(`\d+\.\d+|\d{6,}|[0-9a-f]{7,}`).MatchString(tag)
}

// publicRegistries serve images that the project does not build itself.
var publicRegistries = []string{"docker.io", "index.docker.io", "registry-1.docker.io", "quay.io", "ghcr.io", "gcr.io", "mcr.microsoft.com", "public.ecr.aws", "registry.k8s.io", "k8s.gcr.io", "docker.elastic.co", "lscr.io", "registry.gitlab.com", "nvcr.io", "mirror.gcr.io", "container-registry.oracle.com", "registry.access.redhat.com", "codeberg.org"}

// isBuilt reports whether a service of the project builds an image of that name.
func (c *check) isBuilt(name string) bool {
	return slices.ContainsFunc(c.services, func(s *service) bool {
		built, _, _ := splitImage(s.Image)
		return s.Build != nil && built == name
	})
}

// splitImage splits an image reference into its parts.
func splitImage(reference string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(reference, "@")
	// A colon before a slash is a registry's port.
	if at := strings.LastIndex(name, ":"); at > strings.LastIndex(name, "/") {
		name, tag = name[:at], name[at+1:]
	}
	return name, tag, digest
}

func withoutTag(reference string) string {
	name, _, _ := splitImage(reference)
	return name
}

// repository returns an image's name without the registry and without the
// prefixes under which registries mirror Docker's official images.
func repository(reference string) string {
	name := withoutTag(reference)
	if first, rest, ok := strings.Cut(name, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost" || model.IsUnset(first)) {
		name = rest
	}
	for _, prefix := range []string{"docker/library/", "library/", "dockerhub/library/", "docker.io/library/"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return rest
		}
	}
	return name
}
