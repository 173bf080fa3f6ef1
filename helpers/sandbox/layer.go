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
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Files reads files of the container's file system from outside, as `docker
// cp` does, running or not: contents by name. What is not there is no entry.
func (c *Container) Files(ctx context.Context, from string) map[string]string {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(ctx, engine.Deadline)
	defer cancel()
	files := map[string]string{}
	did := "docker cp " + c.Name + ":" + from + " -"
	stream, err := c.box.run.Engine().CopyFrom(ctx, c.ID, from)
	if engine.IsNotFound(err) {
		c.box.did(evidence.Step{Did: did, Saw: err.Error()})
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
			files[below(from, header.Name)] = string(data)
		}
	}
	c.box.did(evidence.Step{Did: did, Saw: fmt.Sprintf("%q", files)})
	return files
}

// Settle waits until a container that has ended is unmounted, before something
// other than Files copies from it: Podman does that a moment later.
func (c *Container) Settle(ctx context.Context) {
	GinkgoHelper()
	c.box.must(c.box.run.Engine().Settle(ctx, c.ID))
}

// Changes lists what the container changed in its own layer: "added /path", ...
func (c *Container) Changes(ctx context.Context) []string {
	GinkgoHelper()
	changes, err := c.box.run.Engine().Changes(ctx, c.ID)
	c.box.must(err)
	c.box.did(evidence.Step{Did: "docker diff " + c.Name, Saw: strings.Join(changes, ", ")})
	return changes
}

// Exists tells whether the engine still has the container.
func (c *Container) Exists(ctx context.Context) bool {
	GinkgoHelper()
	_, err := c.box.run.Engine().InspectContainer(ctx, c.ID)
	if err != nil && !engine.IsNotFound(err) {
		c.box.must(err)
	}
	c.box.did(evidence.Step{Did: "docker inspect " + c.Name, Saw: said(err, "it exists")})
	return err == nil
}

// ContainerNames lists the sandbox's containers, running or not, as the engine lists them.
func (b *Box) ContainerNames(ctx context.Context) []string {
	GinkgoHelper()
	listed, err := b.run.Engine().ListContainers(ctx, run.SpecLabel+"="+b.id)
	b.must(err)
	names := []string{}
	for _, c := range listed {
		names = append(names, c.Name)
	}
	b.did(evidence.Step{Did: "docker ps -a --filter " + b.Filter(), Saw: fmt.Sprintf("%d: %s", len(names), strings.Join(names, " "))})
	return names
}

// below is the name of an archive's entry below the base of the path that was
// asked for, as Docker gives it. Podman puts "/" in the base's place where a
// volume or another mount stands at the path.
func below(asked, entry string) string {
	if strings.HasPrefix(entry, "/") {
		return path.Join(path.Base(asked), entry)
	}
	return entry
}
