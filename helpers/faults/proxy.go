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
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// Label is borne by what a proxy itself makes on the engine behind it.
const Label = "holdfast.fault"

// parting bounds what a proxy does after the last call.
const parting = time.Minute

// Proxy is an engine with a fault.
type Proxy struct {
	// Host is where it is reached, as DOCKER_HOST names it.
	Host string

	fault    Fault
	behind   *engine.Engine
	probe    string // the image of the helper containers
	relay    *httputil.ReverseProxy
	client   *http.Client
	listener net.Listener
	server   *http.Server
	closing  context.CancelFunc

	mutex sync.Mutex
	notes map[string][]string // what the fault remembers
	bytes map[string][]byte
}

// Serve puts a fault before the engine at host, on a UNIX socket of that path.
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
		return nil, errors.Join(fmt.Errorf("putting the fault %s before the engine: %w", fault.Name, err), behind.Close())
	}
	p.behind, p.probe = behind, image
	go func() { _ = p.server.Serve(p.listener) }() // ends with Close
	return p, nil
}

// listen makes a proxy that does not answer yet.
func listen(ctx context.Context, host, socket string, fault Fault) (*Proxy, error) {
	p := &Proxy{Host: "unix://" + socket, fault: fault, notes: map[string][]string{}, bytes: map[string][]byte{}}
	transport, err := dialing(host)
	if err != nil {
		return nil, err
	}
	p.client = &http.Client{Transport: transport}
	p.relay = &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "engine", r.In.Host
		},
		FlushInterval: -1, // events, logs and waits are read as they come
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

// dialing is how the engine at an address of DOCKER_HOST is reached.
func dialing(host string) (*http.Transport, error) {
	at, err := url.Parse(host)
	if err != nil || at.Scheme != "unix" && at.Scheme != "tcp" {
		return nil, fmt.Errorf("%q is no engine that a fault can be put before: it takes unix:///path or tcp://host:port", host)
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

// ServeHTTP gives each call to the first rule that is about it; what no rule
// is about goes to the engine as it is.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, rule := range p.fault.rules {
		if version, names, ok := rule.match(r); ok {
			rule.do(&call{Proxy: p, w: w, r: r, version: version, names: names})
			return
		}
	}
	p.relay.ServeHTTP(w, r)
}

// Close ends the proxy, and removes what it made on the engine; the engine goes on.
func (p *Proxy) Close() error {
	err := p.shut()
	ctx, cancel := context.WithTimeout(context.Background(), parting)
	defer cancel()
	return errors.Join(err, p.clean(ctx), p.behind.Close())
}

// shut ends the calls, and takes no more.
func (p *Proxy) shut() error {
	p.closing()
	defer p.client.CloseIdleConnections()
	return p.server.Close()
}

// clean removes what bears this fault's label.
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

// note remembers values under a name.
func (p *Proxy) note(name string, values ...string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.notes[name] = append(p.notes[name], values...)
}

// forget forgets them, and tells what they were.
func (p *Proxy) forget(name string) []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	values := p.notes[name]
	delete(p.notes, name)
	return values
}

// noted are the values under a name.
func (p *Proxy) noted(name string) []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return append([]string(nil), p.notes[name]...)
}

// first is true once for each name.
func (p *Proxy) first(name string) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.notes[name]) > 0 {
		return false
	}
	p.notes[name] = []string{"once"}
	return true
}
