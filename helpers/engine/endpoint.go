package engine

import (
	"errors"
	"fmt"
	"os"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/connhelper"
	contextdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/docker/client"
)

// Endpoint is the address of an engine and where it was configured.
type Endpoint struct {
	Host     string // as in DOCKER_HOST: unix://, tcp://, npipe://, ssh://
	Origin   string // DOCKER_HOST, a context's name, or "the default socket"
	Explicit bool   // chosen by the user: no other engine may replace it
	options  []client.Opt
}

// Resolve returns the endpoint in the docker CLI's order: DOCKER_HOST,
// DOCKER_CONTEXT, the current context of the CLI's configuration, the default
// socket. See https://docs.docker.com/engine/manage-resources/contexts/.
func Resolve() (Endpoint, error) {
	if host := os.Getenv(client.EnvOverrideHost); host != "" {
		return At(host)
	}
	name, origin := os.Getenv("DOCKER_CONTEXT"), "DOCKER_CONTEXT"
	if name == "" {
		file, err := config.Load(config.Dir())
		if err != nil {
			return Endpoint{}, fmt.Errorf("reading the docker CLI configuration in %s: %w", config.Dir(), err)
		}
		name, origin = file.CurrentContext, "the current docker context"
	}
	if name == "" || name == "default" {
		return Endpoint{
			Host:    client.DefaultDockerHost,
			Origin:  "the default socket",
			options: []client.Opt{client.FromEnv},
		}, nil
	}
	return fromContext(name, origin)
}

// At returns the endpoint that DOCKER_HOST=host selects.
func At(host string) (Endpoint, error) {
	endpoint := Endpoint{Host: host, Origin: "DOCKER_HOST", Explicit: true, options: []client.Opt{client.FromEnv, client.WithHost(host)}}
	helper, err := connhelper.GetConnectionHelper(host)
	if err != nil {
		return Endpoint{}, fmt.Errorf("DOCKER_HOST=%s: %w", host, err)
	}
	if helper != nil {
		endpoint.options = []client.Opt{
			client.WithHost(helper.Host), client.WithDialContext(helper.Dialer), client.WithVersionFromEnv(),
		}
	} else if _, err := client.ParseHostURL(host); err != nil {
		return Endpoint{}, fmt.Errorf("DOCKER_HOST=%s is not an engine address: %w; use unix:///path, tcp://host:port, ssh://host or npipe:////./pipe/name", host, err)
	}
	return endpoint, nil
}

func fromContext(name, origin string) (Endpoint, error) {
	origin = fmt.Sprintf("%s %q", origin, name)
	stored := store.New(config.ContextStoreDir(), store.NewConfig(
		func() any { return &map[string]any{} },
		store.EndpointTypeGetter(contextdocker.DockerEndpoint, func() any { return &contextdocker.EndpointMeta{} }),
	))
	metadata, err := stored.GetMetadata(name)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%s: %w; `docker context ls` lists the contexts", origin, err)
	}
	meta, err := contextdocker.EndpointFromContext(metadata)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%s: %w", origin, err)
	}
	withTLS, err := contextdocker.WithTLSData(stored, name, meta)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%s: reading its TLS files: %w", origin, err)
	}
	options, err := withTLS.ClientOpts()
	if err != nil {
		return Endpoint{}, errors.Join(fmt.Errorf("%s", origin), err)
	}
	return Endpoint{Host: meta.Host, Origin: origin, Explicit: true, options: options}, nil
}
