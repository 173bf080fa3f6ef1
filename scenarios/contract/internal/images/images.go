// Package images has the images of the contract's specs: variants of the probe image whose
// layers hold what a Dockerfile cannot be relied on to make, such as hard links.
package images

import (
	"archive/tar"
	"context"

	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

const (
	// Declared is a VOLUME of WithVolumes. It has the file declared.txt.
	Declared = "/declared"
	// Child is another VOLUME, in Parent, which is none.
	Child  = Parent + "/child"
	Parent = "/parent"
)

// WithVolumes loads an image with VOLUME instructions, and returns its reference.
func WithVolumes(ctx context.Context, box *sandbox.Box) string {
	GinkgoHelper()
	return load(ctx, box, probe.Variant{Volumes: []string{Declared, Child}, Files: []probe.File{
		Directory(Declared, 0o755, 0), Regular(Declared+"/declared.txt", 0o644, 0, "declared"), Directory(Parent, 0o755, 0), Directory(Child, 0o755, 0),
	}})
}

// WithFiles loads an image with files, and returns its reference.
func WithFiles(ctx context.Context, box *sandbox.Box, files ...probe.File) string {
	GinkgoHelper()
	return load(ctx, box, probe.Variant{Files: files})
}

// WithUser loads an image with a USER and VOLUME instructions for directories that it does not
// have, and returns its reference.
func WithUser(ctx context.Context, box *sandbox.Box, user string, volumes ...string) string {
	GinkgoHelper()
	return load(ctx, box, probe.Variant{User: user, Volumes: volumes})
}

// load loads a variant with the sandbox's labels, which is removed when the run ends.
func load(ctx context.Context, box *sandbox.Box, variant probe.Variant) string {
	GinkgoHelper()
	name := box.Name("image") + ":latest"
	variant.Labels = box.Labels()
	if err := probe.LoadVariant(ctx, box.Engine(), box.ProbeImage(), name, variant); err != nil {
		Fail(err.Error())
	}
	return name
}

// Directory is a directory of an image. Its group is the owner's number plus one.
func Directory(path string, mode int64, owner int) probe.File {
	return entry(tar.TypeDir, path+"/", mode, owner, "")
}

// Regular is a file of an image. Its group is the owner's number plus one.
func Regular(path string, mode int64, owner int, text string) probe.File {
	return entry(tar.TypeReg, path, mode, owner, text)
}

// Symlink is a symbolic link of an image.
func Symlink(path, target string) probe.File {
	link := entry(tar.TypeSymlink, path, 0o777, 0, "")
	link.Linkname = target
	return link
}

// HardLink is another name of a file of an image.
func HardLink(path string, file probe.File) probe.File {
	link := entry(tar.TypeLink, path, file.Mode, file.Uid, "")
	link.Linkname = file.Name
	return link
}

func entry(kind byte, path string, mode int64, owner int, text string) probe.File {
	group := owner
	if owner > 0 {
		group++
	}
	return probe.File{Header: tar.Header{Typeflag: kind, Name: path[1:], Mode: mode, Uid: owner, Gid: group}, Text: text}
}
