package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
)

// fake serves the Docker Engine API from memory. Its containers run simple
// probe commands on this machine's files. Tests set its fields before they use it.
type fake struct {
	elsewhere bool  // it does not see this machine's files
	free      int64 // bytes on its disk
	// refuse returns the status of a request that the engine refuses, or 0.
	refuse func(r *http.Request) int

	mutex      sync.Mutex
	ahead      time.Duration // of its clock
	calls      []string
	ids        int // given to resources
	containers map[string]*container
	volumes    map[string]volume
	networks   map[string]labels
	images     map[string]image
	execs      map[string]*process
	dir        string
	events     chan map[string]any
}

type labels = map[string]string

type volume struct {
	Name, Driver, Mountpoint, CreatedAt string
	Labels, Options                     labels
}

type image struct {
	ID       string `json:"Id"`
	RepoTags []string
	Labels   labels
}

// newFake starts an engine for a test, to which DOCKER_HOST leads.
func newFake(t *testing.T) (*fake, *engine.Engine) {
	t.Helper()
	f := &fake{free: 1 << 30, containers: map[string]*container{}, volumes: map[string]volume{}, networks: map[string]labels{},
		images: map[string]image{}, execs: map[string]*process{}, dir: t.TempDir(), events: make(chan map[string]any)}
	server := httptest.NewServer(f.handler())
	t.Cleanup(server.CloseClientConnections) // those of event streams
	t.Setenv("DOCKER_HOST", "tcp://"+server.Listener.Addr().String())
	t.Setenv("HOLDFAST_DISPOSABLE", "")
	e, err := engine.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return f, e
}

// requests returns the requests that changed something, such as "DELETE /volumes/x",
// since the last call of it.
func (f *fake) requests() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

// names lists what the engine has, as "volume x".
func (f *fake) names() (names []string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, c := range f.containers {
		names = append(names, "container "+c.Name)
	}
	for name := range f.volumes {
		names = append(names, "volume "+name)
	}
	for name := range f.networks {
		names = append(names, "network "+name)
	}
	for name := range f.images {
		names = append(names, "image "+name)
	}
	slices.Sort(names)
	return names
}

// add adds a resource of a kind: container, volume, network or image.
func (f *fake) add(kind, name string, with map[string]string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	switch kind {
	case "container":
		f.containers[name] = &container{ID: name, Name: name, Labels: with, State: "exited"}
	case "volume":
		f.volumes[name] = volume{Name: name, Driver: "local", Labels: with}
	case "network":
		f.networks[name] = with
	case "image":
		f.images[name] = image{ID: name, RepoTags: []string{name}, Labels: with}
	}
}

// setAhead sets how far the engine's clock is ahead.
func (f *fake) setAhead(ahead time.Duration) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.ahead = ahead
}

// outOfMemory sends an out-of-memory event of a container with the labels.
func (f *fake) outOfMemory(with map[string]string) {
	f.events <- map[string]any{"Type": "container", "Action": "oom", "Actor": map[string]any{"Attributes": with}}
}

// endEvents ends an event stream, as an engine does that goes away.
func (f *fake) endEvents() { f.events <- nil }

var version = regexp.MustCompile(`^/v[0-9.]+`)

func (f *fake) handler() http.Handler {
	mux := http.NewServeMux()
	f.serveContainers(mux)
	f.serveVolumes(mux)
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.45") })
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"Version": "26.1.5", "ApiVersion": "1.45", "Os": "linux", "Arch": "amd64"})
	})
	mux.HandleFunc("GET /info", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"OSType": "linux", "NCPU": 2, "Driver": "overlay2", "SystemTime": time.Now().Add(f.ahead).Format(time.RFC3339Nano)})
	})
	mux.HandleFunc("GET /networks", func(w http.ResponseWriter, r *http.Request) {
		list := []map[string]any{}
		for name, has := range f.networks {
			if selected(r, has) {
				list = append(list, map[string]any{"Id": name, "Name": name, "Labels": has})
			}
		}
		answer(w, list)
	})
	mux.HandleFunc("DELETE /networks/{id}", func(_ http.ResponseWriter, r *http.Request) { delete(f.networks, r.PathValue("id")) })
	mux.HandleFunc("GET /images/json", func(w http.ResponseWriter, r *http.Request) {
		list := []image{}
		for _, i := range f.images {
			if selected(r, i.Labels) {
				list = append(list, i)
			}
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /images/{name...}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"Id": r.PathValue("name"), "Config": map[string]any{}})
	})
	mux.HandleFunc("DELETE /images/{name...}", func(w http.ResponseWriter, r *http.Request) {
		delete(f.images, r.PathValue("name"))
		answer(w, []any{})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = version.ReplaceAllString(r.URL.Path, "")
		if r.URL.Path == "/events" {
			f.serveEvents(w, r)
			return
		}
		f.mutex.Lock()
		defer f.mutex.Unlock()
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			f.calls = append(f.calls, r.Method+" "+r.URL.Path)
		}
		if f.refuse != nil {
			if status := f.refuse(r); status != 0 {
				fail(w, status, "refused")
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// newID returns an ID as engines make them.
func (f *fake) newID() string {
	f.ids++
	return fmt.Sprintf("%064x", f.ids)
}

// serveEvents streams out-of-memory events until the stream is ended. A stream
// of the past ends at once.
func (f *fake) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	for r.URL.Query().Get("until") == "" {
		select {
		case event := <-f.events:
			if event == nil {
				return
			}
			answer(w, event)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// selected reports whether labels satisfy a request's label filters.
func selected(r *http.Request, has labels) bool {
	var filters map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &filters)
	for wanted := range filters["label"] {
		key, value, valued := strings.Cut(wanted, "=")
		if found, ok := has[key]; !ok || valued && found != value {
			return false
		}
	}
	return true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func fail(w http.ResponseWriter, status int, format string, args ...any) {
	w.WriteHeader(status)
	answer(w, map[string]string{"message": fmt.Sprintf(format, args...)})
}
