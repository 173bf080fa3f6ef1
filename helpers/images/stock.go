package images

import (
	"archive/tar"
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/holdfast/holdfast/fixtures/images/stock"
)

// stockRecipe returns the recipe for an official image that lessons use, or nil.
func stockRecipe(repository string) *recipe {
	for _, image := range stock.Images() {
		if repository == "library/"+image.Name {
			return &recipe{repository, image.Fits, func(ctx context.Context, c *chain) (*built, error) { return buildStock(ctx, c, image) }}
		}
	}
	return nil
}

// stockSystem returns the root file system of a stock image. Its key in the cache is
// made of its arguments.
func stockSystem(image stock.Image) system {
	s := system{name: image.System.Name, contents: strings.Join(image.System.Packages, ", "), needs: "base-files"}
	if s.contents == "" {
		s.contents = "nothing more"
	}
	s.arguments = append(minimal(image.System.Packages), image.System.Arguments...)
	for _, argument := range s.arguments {
		s.extracted = s.extracted || argument == "--variant=extract"
	}
	s.arguments = append(s.arguments, stock.Suite)
	return s
}

// buildStock builds the substitute for an official image: Debian's packages, our
// files over them, and the configuration of the official image.
func buildStock(ctx context.Context, c *chain, image stock.Image) (*built, error) {
	root, err := c.ensureRootfs(ctx, stockSystem(image))
	if err != nil {
		return nil, err
	}
	versions := []string{"{debian}", root.Debian}
	for name, version := range root.Versions {
		versions = append(versions, "{"+name+"}", version)
	}
	replace := strings.NewReplacer(versions...).Replace
	made := &built{name: "holdfast/" + image.Name + "-substitute:" + replace(image.Version), description: replace(image.Is)}
	config := v1.Config{Env: image.Env, Entrypoint: image.Entrypoint, Cmd: image.Cmd, WorkingDir: image.Directory, StopSignal: image.Stop,
		ExposedPorts: set(image.Ports), Volumes: set(image.Volumes)}
	if image.System.Files == "" {
		return made, root.assemble(made, c.ref, config)
	}
	files, err := overlay(stock.Files, image.System.Files)
	if err != nil {
		return nil, err
	}
	return made, root.assemble(made, c.ref, config, files)
}

func set(names []string) map[string]struct{} {
	if len(names) == 0 {
		return nil
	}
	all := map[string]struct{}{}
	for _, name := range names {
		all[name] = struct{}{}
	}
	return all
}

// overlay returns a layer of the files below a directory. Scripts are executable.
func overlay(from fs.FS, dir string) (layer, error) {
	below, err := fs.Sub(from, dir)
	if err != nil {
		return layer{}, err
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	err = fs.WalkDir(below, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err // the packages have the directories
		}
		data, err := fs.ReadFile(below, name)
		if err != nil {
			return err
		}
		mode := int64(0o644)
		if path.Ext(name) == ".sh" {
			mode = 0o755
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: mode}); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return layer{}, err
	}
	if err := w.Close(); err != nil {
		return layer{}, err
	}
	return newLayer(out.Bytes())
}
