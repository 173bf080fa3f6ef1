package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// Label marks what a proxy itself creates on the engine.
const Label = "holdfast.fault"

// cleanupTimeout bounds the removal of what a proxy created.
const cleanupTimeout = time.Minute

// Proxy is an engine with a fault.
type Proxy struct {
	// Host is the proxy's address, for DOCKER_HOST.
	Host string

	fault    Fault
	behind   *engine.Engine
	probe    string // image of the helper containers
	relay    *httputil.ReverseProxy
	client   *http.Client
	listener net.Listener
	server   *http.Server
	closing  context.CancelFunc

	state
}

// Serve starts a proxy with a fault for the engine at host. It listens on a UNIX
// socket at the path.
func Serve(ctx context.Context, host, socket string, fault Fault) (*Proxy, error) {
	at, err := engine.At(host)
	if err != nil {
		return nil, err
	}
	behind, err := engine.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	image, err := probe.Ensure(ctx, behind)
	if err != nil {
		return nil, errors.Join(err, behind.Close())
	}
	p, err := listen(ctx, host, socket, fault)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the proxy with the fault %s: %w", fault.Name, err), behind.Close())
	}
	p.behind, p.probe = behind, image
	go func() { _ = p.server.Serve(p.listener) }() // until Close
	return p, nil
}

// listen returns a proxy that does not serve yet.
func listen(ctx context.Context, host, socket string, fault Fault) (*Proxy, error) {
	p := &Proxy{Host: "unix://" + socket, fault: fault}
	toEngine, err := transport(host)
	if err != nil {
		return nil, err
	}
	p.client = &http.Client{Transport: toEngine}
	p.relay = &httputil.ReverseProxy{
		Transport: toEngine,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "engine", r.In.Host
		},
		FlushInterval: -1, // pass on events and logs as they arrive
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			refuse(w, http.StatusBadGateway, "the engine behind the proxy: "+err.Error())
		},
	}
	if p.listener, err = net.Listen("unix", socket); err != nil {
		return nil, err
	}
	base, closing := context.WithCancel(context.WithoutCancel(ctx))
	p.closing = closing
	p.server = &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0), BaseContext: func(net.Listener) context.Context { return base }}
	return p, nil
}

// transport returns the transport to the engine at an address of DOCKER_HOST.
func transport(host string) (*http.Transport, error) {
	at, err := url.Parse(host)
	if err != nil || at.Scheme != "unix" && at.Scheme != "tcp" {
		return nil, fmt.Errorf("cannot start a proxy for the engine at %q: the address must be unix:///path or tcp://host:port", host)
	}
	network, address := at.Scheme, at.Host
	if network == "unix" {
		address = strings.TrimPrefix(host, "unix://")
	}
	return &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}, nil
}

// ServeHTTP passes a request to the first rule that matches, or to the engine.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, rule := range p.fault.rules {
		if version, names, ok := rule.match(r); ok {
			rule.handle(&call{Proxy: p, w: w, r: r, version: version, names: names})
			return
		}
	}
	p.relay.ServeHTTP(w, r)
}

// Close stops the proxy and removes what it created. The engine keeps running.
func (p *Proxy) Close() error {
	err := p.shut()
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	return errors.Join(err, p.clean(ctx), p.behind.Close())
}

// shut ends all requests and stops listening.
func (p *Proxy) shut() error {
	p.closing()
	defer p.client.CloseIdleConnections()
	return p.server.Close()
}

// clean removes the objects with this fault's label.
func (p *Proxy) clean(ctx context.Context) error {
	label := Label + "=" + p.fault.Name
	containers, err := p.behind.ListContainers(ctx, label)
	problems := []error{err}
	for _, c := range containers {
		problems = append(problems, p.behind.RemoveContainer(ctx, c.ID, true, true))
	}
	volumes, err := p.behind.ListVolumes(ctx, label)
	problems = append(problems, err)
	for _, v := range volumes {
		problems = append(problems, p.behind.RemoveVolume(ctx, v.Name, true))
	}
	return errors.Join(problems...)
}
