//go:build ignore_never

package zzdeps

import (
	_ "github.com/Masterminds/semver/v3"
	_ "github.com/aymanbagabas/go-udiff"
	_ "github.com/compose-spec/compose-go/v2/cli"
	_ "github.com/creack/pty"
	_ "github.com/docker/cli/cli/config"
	_ "github.com/docker/cli/cli/connhelper"
	_ "github.com/docker/cli/cli/context/docker"
	_ "github.com/docker/docker/client"
	_ "github.com/docker/docker/pkg/stdcopy"
	_ "github.com/gofrs/flock"
	_ "github.com/google/go-containerregistry/pkg/registry"
	_ "github.com/google/go-containerregistry/pkg/v1/layout"
	_ "github.com/google/go-containerregistry/pkg/v1/mutate"
	_ "github.com/google/go-containerregistry/pkg/v1/remote"
	_ "github.com/google/go-containerregistry/pkg/v1/tarball"
	_ "github.com/onsi/ginkgo/v2"
	_ "github.com/onsi/gomega"
	_ "github.com/onsi/gomega/gmeasure"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/yuin/goldmark"
	_ "go.yaml.in/yaml/v4"
	_ "golang.org/x/sys/unix"
	_ "mvdan.cc/sh/v3/syntax"
	_ "mvdan.cc/sh/v3/shell"
)
