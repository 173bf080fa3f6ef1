package images

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"
)

// fakeEngine answers as an engine without images and records the requests.
type fakeEngine struct {
	mu     sync.Mutex
	asked  []string
	has    string                                   // the answer to inspect; empty for 404
	onPull func(http.ResponseWriter, *http.Request) // the answer to a pull
	onTag  func()

	platform string
}

func (f *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.Method+" "+r.URL.RequestURI())
	has := f.has
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Api-Version", "1.45")
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/_ping"):
	case strings.HasSuffix(path, "/info"):
		fmt.Fprint(w, `{"OSType":"linux"}`)
	case strings.HasSuffix(path, "/version"):
		arch := f.platform
		if arch == "" {
			arch = "amd64"
		}
		fmt.Fprintf(w, `{"Os":"linux","Arch":%q}`, arch)
	case strings.HasSuffix(path, "/images/create"):
		f.onPull(w, r)
	case strings.HasSuffix(path, "/tag"):
		f.onTag()
		w.WriteHeader(http.StatusCreated)
	case strings.HasSuffix(path, "/json") && has != "":
		fmt.Fprint(w, has)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"No such image"}`)
	}
}

func (f *fakeEngine) become(inspected string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.has = inspected
}

func (f *fakeEngine) wasAsked(part string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Contains(strings.Join(f.asked, "\n"), part)
}

func (f *fakeEngine) open(t *testing.T) *engine.Engine {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	e := must(engine.Open(t.Context(), must(engine.At("tcp://"+server.Listener.Addr().String()))(t)))(t)
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func refuse(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"status":"Pulling"}{"errorDetail":{"message":%q},"error":%q}`, text, text)
	}
}

func TestEnsureNeverReplacesAnImage(t *testing.T) {
	fake := &fakeEngine{has: `{"Id":"sha256:abc"}`}
	image := must(Ensure(t.Context(), fake.open(t), wantedName, Policy{Pull: true, Mirror: "localhost:1", Disposable: true, Cache: t.TempDir()}))(t)
	if image.Source != Present || image.Substitute || image.Used != wantedName || fake.wasAsked("POST") {
		t.Errorf("got %+v after %v", image, fake.asked)
	}
}

func TestEnsureRecognizesASubstituteByItsLabel(t *testing.T) {
	fake := &fakeEngine{has: `{"Id":"sha256:abc","Config":{"Labels":{"holdfast.substitute":"holdfast/python-substitute:1","holdfast.substitute.description":"Debian's Python"}}}`}
	image := must(Ensure(t.Context(), fake.open(t), wantedName, Policy{Cache: t.TempDir()}))(t)
	want := Image{wantedName, "holdfast/python-substitute:1", Substitute, true, "Debian's Python"}
	if image != want {
		t.Errorf("got %+v", image)
	}
}

func TestUnavailableListsEveryStep(t *testing.T) {
	fake := &fakeEngine{onPull: refuse("toomanyrequests: slow down")}
	archives := filepath.Dir(saved(t, testImage(t, "amd64"), "other:1"))
	_, err := Ensure(t.Context(), fake.open(t), wantedName, Policy{Pull: true, Archives: archives, Cache: t.TempDir()})
	if !errors.Is(err, ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{wantedName, "engine: it has no such image", "pull: python:3.12-slim: toomanyrequests: slow down",
		"archives: HOLDFAST_IMAGES=" + archives + ": 1 archives hold ", "other:1", "substitute: not used: the engine is not disposable"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q: %v", part, err)
		}
	}
	_, err = Ensure(t.Context(), fake.open(t), "mariadb", Policy{Disposable: true, Cache: t.TempDir()})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "pulling is off") || !strings.Contains(err.Error(), "there is none for this image") {
		t.Errorf("got %v", err)
	}
}

func TestEnsureReportsABrokenArchive(t *testing.T) {
	fake := &fakeEngine{}
	path := written(t, []byte("short"))
	_, err := Ensure(t.Context(), fake.open(t), wantedName, Policy{Archives: filepath.Dir(path), Disposable: true, Cache: t.TempDir()})
	if err == nil || errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestEnsureTriesArchivesBeforeAPull(t *testing.T) {
	fake := &fakeEngine{onPull: refuse("the registry was asked")}
	_, err := Ensure(t.Context(), fake.open(t), wantedName, Policy{Pull: true, Archives: filepath.Dir(saved(t, testImage(t, "amd64"), wantedName)), Cache: t.TempDir()})
	if err == nil || !fake.wasAsked("/images/load") || fake.wasAsked("/images/create") {
		t.Errorf("got %v after %v", err, fake.asked)
	}
}

func TestEnsureTagsAMirrorsImage(t *testing.T) {
	fake := &fakeEngine{}
	fake.onTag = func() { fake.become(`{"Id":"sha256:abc"}`) }
	fake.onPull = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"status":"Pulling from library/python"}`)
	}
	var progress strings.Builder
	image := must(Ensure(t.Context(), fake.open(t), wantedName, Policy{Pull: true, Mirror: "localhost:5000", Cache: t.TempDir(), Progress: &progress}))(t)
	if image.Source != Pulled || image.Used != "localhost:5000/library/python:3.12-slim" || image.Substitute {
		t.Errorf("got %+v", image)
	}
	if !fake.wasAsked("/tag?repo=docker.io%2Flibrary%2Fpython&tag=3.12-slim") && !fake.wasAsked("/tag?repo=python&tag=3.12-slim") {
		t.Errorf("asked %v", fake.asked)
	}
	if !strings.Contains(progress.String(), "pulled localhost:5000/library/python:3.12-slim in ") {
		t.Errorf("progress %q", progress.String())
	}
}

func TestPullStopsWithoutProgress(t *testing.T) {
	for name, opening := range map[string]string{"silence": "", "an announcement only": `{"stream":"Trying to pull docker.io/library/python..."}`} {
		t.Run(name, func(t *testing.T) {
			fake := &fakeEngine{onPull: func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, opening)
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}}
			began := time.Now()
			err := pull(t.Context(), fake.open(t), wantedName, newProgress(nil), patience{first: 200 * time.Millisecond, stall: time.Minute, whole: time.Minute})
			if err == nil || !strings.Contains(err.Error(), "200ms to the first progress") || time.Since(began) > 10*time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		})
	}
}

func TestPullStopsWhenItStalls(t *testing.T) {
	fake := &fakeEngine{onPull: func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"status":"Pulling fs layer","id":"abc"}`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}}
	err := pull(t.Context(), fake.open(t), wantedName, newProgress(nil), patience{first: time.Minute, stall: 200 * time.Millisecond, whole: time.Minute})
	if err == nil || !strings.Contains(err.Error(), "without progress") {
		t.Errorf("got %v", err)
	}
}

func TestEnsureReportsABrokenEngine(t *testing.T) {
	server := httptest.NewServer(&fakeEngine{})
	e := must(engine.Open(t.Context(), must(engine.At("tcp://"+server.Listener.Addr().String()))(t)))(t)
	server.Close()
	if _, err := Ensure(t.Context(), e, wantedName, Policy{Cache: t.TempDir()}); err == nil || errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestEnsureReportsACancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	fake := &fakeEngine{onPull: func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }}
	_, err := Ensure(ctx, fake.open(t), wantedName, Policy{Pull: true, Cache: t.TempDir()})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestEnsureWheelNamesTheDirectoryForTheWheel(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	cache := t.TempDir()
	c := chain{policy: Policy{Cache: cache}, progress: newProgress(nil)}
	_, err := c.ensureWheel(t.Context(), &rootfs{Arch: "amd64", Versions: map[string]string{"python3": "3.13.5"}})
	for _, part := range []string{"qdrant-edge-py 0.9.0", "unpacking", "apt-get install python3-pip", cache} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q: %v", part, err)
		}
	}
	if _, err := os.Stat(filepath.Join(cache, "images", "wheels")); err != nil {
		t.Error(err)
	}
}

func TestEnsureBuildsNoSubstituteForAnotherArchitecture(t *testing.T) {
	fake := &fakeEngine{platform: "riscv64"}
	_, err := Ensure(t.Context(), fake.open(t), wantedName, Policy{Disposable: true, Cache: t.TempDir()})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "riscv64") {
		t.Errorf("got %v", err)
	}
}

func TestFromSettingsResolvesTheArchivesFromTheRoot(t *testing.T) {
	t.Setenv("HOLDFAST_IMAGES", "somewhere/archives")
	root := must(settings.AtRoot("."))(t)
	if got := FromSettings(nil).Archives; got != filepath.Join(root, "somewhere", "archives") {
		t.Errorf("%s is not below %s", got, root)
	}
	t.Setenv("HOLDFAST_IMAGES", "")
	if got := FromSettings(nil).Archives; got != "" {
		t.Errorf("an empty setting became %s", got)
	}
}
