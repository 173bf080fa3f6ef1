package sandbox

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// Files reads files of the container from outside, running or not, as `docker
// cp` does. It returns their contents by name; a path that does not exist
// gives no entry.
func (c *Container) Files(ctx context.Context, from string) map[string]string {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(ctx, engine.Deadline)
	defer cancel()
	files, did := map[string]string{}, evidence.Command("docker", "cp", c.Name+":"+from, "-")
	stream, err := c.box.Engine().CopyFrom(ctx, c.ID, from)
	if engine.IsNotFound(err) {
		c.box.Did(evidence.Step{Did: did, Saw: err.Error()})
		return files
	}
	c.box.must(err)
	defer stream.Close()
	for archive := tar.NewReader(stream); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		c.box.must(err)
		if header.Typeflag == tar.TypeReg {
			data, err := io.ReadAll(archive)
			c.box.must(err)
			files[entryName(from, header.Name)] = string(data)
		}
	}
	c.box.Did(evidence.Step{Did: did, Saw: fmt.Sprintf("%q", files)})
	return files
}

// entryName returns an archive entry's name as Docker gives it, relative to the
// parent of the copied path. Podman starts it with "/" where a mount is at
// the path.
func entryName(copied, entry string) string {
	if strings.HasPrefix(entry, "/") {
		return path.Join(path.Base(copied), entry)
	}
	return entry
}

// Changes lists what the container changed in its own layer: "added /path", ...
func (c *Container) Changes(ctx context.Context) []string {
	GinkgoHelper()
	changes, err := c.box.Engine().Changes(ctx, c.ID)
	c.box.step(err, evidence.Step{Did: "docker diff " + c.Name, Saw: strings.Join(changes, ", ")})
	return changes
}
