package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	module = "github.com/holdfast/holdfast"
	suite  = module + "/suites/conformance"
)

// builder builds with the Go toolchain and with flags of its own, whatever GOFLAGS says.
type builder struct {
	root    string // of the module
	dir     string // for what is built on the way
	overlay string // adds the probes to the source tree
	version version
}

// version names what is built.
type version struct{ tag, commit string }

// newBuilder builds the probes, which the suite embeds.
func newBuilder(ctx context.Context, root string) (b *builder, err error) {
	b = &builder{root: root, version: describe(ctx, root)}
	if b.dir, err = os.MkdirTemp("", "holdfast-dist-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(b.dir))
		}
	}()
	replace := map[string]string{}
	for _, arch := range []string{"amd64", "arm64"} {
		probe := filepath.Join(b.dir, "probe-"+arch)
		if _, err := b.run(ctx, platform{"linux", arch}, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", probe, "./fixtures/images/probe/program"); err != nil {
			return nil, err
		}
		if err := pack(probe); err != nil {
			return nil, err
		}
		replace[filepath.Join(root, "helpers", "probe", "built", arch+".gz")] = probe + ".gz"
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	b.overlay = filepath.Join(b.dir, "overlay.json")
	return b, os.WriteFile(b.overlay, data, 0o644)
}

// pack compresses a file.
func pack(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(data); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	return os.WriteFile(file+".gz", packed.Bytes(), 0o644)
}

// describe asks git for the version. Outside a clone it is unknown.
func describe(ctx context.Context, root string) version {
	ask := func(args ...string) string {
		output, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
		if err != nil {
			return "unknown"
		}
		return strings.TrimSpace(string(output))
	}
	return version{ask("describe", "--tags", "--always", "--dirty"), ask("rev-parse", "HEAD")}
}

// suite compiles the suite for the platform.
func (b *builder) suite(ctx context.Context, p platform, file string) error {
	linked := fmt.Sprintf("-s -w -buildid= -X %s.tag=%s -X %s.commit=%s", suite, b.version.tag, suite, b.version.commit)
	_, err := b.run(ctx, p, "test", "-c", "-vet=off", "-tags=dist", "-overlay="+b.overlay, "-trimpath", "-buildvcs=false", "-ldflags="+linked, "-o", file, suite)
	return err
}

// imported is a module whose packages the suite imports.
type imported struct {
	Path, Version string
	Main          bool
	Replace       *imported
}

// modules returns the modules in the platform's file, without Holdfast's, sorted.
func (b *builder) modules(ctx context.Context, p platform) (all []imported, err error) {
	output, err := b.run(ctx, p, "list", "-deps", "-test", "-tags=dist", "-overlay="+b.overlay, "-json=Module", suite)
	if err != nil {
		return nil, err
	}
	return used(output)
}

// run runs the Go command for the platform and returns what it prints.
func (b *builder) run(ctx context.Context, p platform, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = b.root
	command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off",
		"GOOS="+p.os, "GOARCH="+p.arch)
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("`%s` for %s/%s: %w\n%s", strings.Join(command.Args, " "), p.os, p.arch, err, problems.Bytes())
	}
	return output, nil
}
