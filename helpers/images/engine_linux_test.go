package images

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"
)

// disposable returns the engine that these tests load into and remove from.
func disposable(t *testing.T) *engine.Engine {
	t.Helper()
	if os.Getenv("DOCKER_HOST") == "" || !settings.Disposable.On() {
		t.Skip("needs a disposable engine: DOCKER_HOST and HOLDFAST_DISPOSABLE=1 (`lab run` sets both)")
	}
	e := must(engine.Connect(t.Context()))(t)
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// wantedOnce returns a reference on Docker Hub that no registry has.
func wantedOnce(t *testing.T, e *engine.Engine, names ...string) string {
	t.Helper()
	wanted := fmt.Sprintf("holdfast-test/%s:%d", strings.ToLower(t.Name()), time.Now().UnixNano())
	t.Cleanup(func() {
		for _, ref := range append(names, wanted) {
			if err := e.RemoveImage(context.Background(), ref); err != nil && !engine.IsNotFound(err) {
				t.Errorf("removing %s: %v", ref, err)
			}
		}
	})
	return wanted
}

// imageFor returns a test image for the engine's platform.
func imageFor(t *testing.T, e *engine.Engine) v1.Image {
	t.Helper()
	return testImage(t, e.Facts.Arch)
}

// listenBesideEngine listens on the loopback of the engine's network namespace.
func listenBesideEngine(t *testing.T) (listener net.Listener) {
	t.Helper()
	listen := func() (err error) {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
		return err
	}
	err := error(nil)
	if namespace := settings.Netns.Get(); namespace == "" {
		err = listen()
	} else {
		err = engine.InNamespace(namespace, listen)
	}
	return must(listener, err)(t)
}

// registryWith serves a registry with the image and returns its address in the
// engine's network. Docker uses loopback registries without TLS.
func registryWith(t *testing.T, repository string, content v1.Image) string {
	t.Helper()
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	here := httptest.NewServer(handler)
	t.Cleanup(here.Close)
	ref := must(name.ParseReference(here.Listener.Addr().String() + "/" + repository))(t)
	if err := remote.Write(ref, content); err != nil {
		t.Fatal(err)
	}
	listener := listenBesideEngine(t)
	there := &http.Server{Handler: handler}
	go func() { _ = there.Serve(listener) }()
	t.Cleanup(func() { there.Close() })
	return listener.Addr().String()
}

func sameID(t *testing.T, e *engine.Engine, ref string, want v1.Image) {
	t.Helper()
	got := must(e.InspectImage(t.Context(), ref))(t)
	wantLayers := must(want.ConfigFile())(t).RootFS.DiffIDs
	if len(got.Layers) != len(wantLayers) || got.Layers[0] != wantLayers[0].String() {
		t.Errorf("%s has the layers %v, not %v", ref, got.Layers, wantLayers)
	}
}

func TestPullFromARegistry(t *testing.T) {
	e := disposable(t)
	content := imageFor(t, e)
	address := registryWith(t, "some/image:1", content)
	wanted := address + "/some/image:1"
	_ = wantedOnce(t, e, wanted)
	got := must(Ensure(t.Context(), e, wanted, Policy{Pull: true, Mirror: "127.0.0.1:1", Cache: t.TempDir(), Progress: testLog{t}}))(t)
	if got.Source != Pulled || got.Used != wanted {
		t.Errorf("got %+v", got)
	}
	sameID(t, e, wanted, content)
}

func TestPullThroughAMirror(t *testing.T) {
	e := disposable(t)
	content := imageFor(t, e)
	var mirrored string
	wanted := wantedOnce(t, e)
	address := registryWith(t, "cache/"+wanted, content)
	mirrored = address + "/cache/" + wanted
	t.Cleanup(func() { _ = e.RemoveImage(context.Background(), mirrored) })
	got := must(Ensure(t.Context(), e, wanted, Policy{Pull: true, Mirror: address + "/cache", Cache: t.TempDir(), Progress: testLog{t}}))(t)
	if got.Source != Pulled || got.Used != mirrored {
		t.Errorf("got %+v", got)
	}
	sameID(t, e, wanted, content)
}

func TestARefusedPullFailsSoon(t *testing.T) {
	e := disposable(t)
	wanted := wantedOnce(t, e)
	began := time.Now()
	_, err := Ensure(t.Context(), e, wanted, Policy{Pull: true, Mirror: "127.0.0.1:1", Cache: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1/holdfast-test/") || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	t.Log(err)
}

func TestLoadFromArchives(t *testing.T) {
	e := disposable(t)
	content := imageFor(t, e)
	for name, pack := range map[string]func(wanted string) string{
		"saved": func(wanted string) string { return saved(t, content, "holdfast-test/bystander:1", wanted) },
		"layout": func(wanted string) string {
			return layoutOf(t, content, map[string]string{"org.opencontainers.image.ref.name": "docker.io/" + wanted})
		},
	} {
		t.Run(name, func(t *testing.T) {
			wanted := wantedOnce(t, e)
			path := pack(wanted)
			got := must(Ensure(t.Context(), e, wanted, Policy{Archives: filepath.Dir(path), Cache: t.TempDir()}))(t)
			if got.Source != Archive || got.Used != path || got.Substitute {
				t.Errorf("got %+v", got)
			}
			sameID(t, e, wanted, content)
			if _, err := e.InspectImage(t.Context(), "holdfast-test/bystander:1"); !engine.IsNotFound(err) {
				t.Errorf("another image of the archive was loaded as well: %v", err)
			}
		})
	}
}

func TestTheEngineRefusesAWrongLayer(t *testing.T) {
	e := disposable(t)
	wanted := wantedOnce(t, e)
	path := written(t, tarEntries(t,
		regular("c.json", fmt.Sprintf(`{"os":"linux","architecture":%q,"rootfs":{"type":"layers","diff_ids":[%q]}}`, runtime.GOARCH, digest)),
		regular("l.tar", string(tarEntries(t, regular("file", "content")))),
		regular("manifest.json", fmt.Sprintf(`[{"Config":"c.json","RepoTags":[%q],"Layers":["l.tar"]}]`, wanted))))
	_, err := Ensure(t.Context(), e, wanted, Policy{Archives: filepath.Dir(path), Cache: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	t.Log(err)
}

func TestConcurrentProcessesLoadOnce(t *testing.T) {
	e := disposable(t)
	wanted := wantedOnce(t, e)
	policy := Policy{Archives: filepath.Dir(saved(t, imageFor(t, e), wanted)), Cache: t.TempDir()}
	var mu sync.Mutex
	sources := map[Source]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := Ensure(t.Context(), e, wanted, policy)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			sources[got.Source]++
		})
	}
	all.Wait()
	if sources[Archive] != 1 || sources[Present] != 7 {
		t.Errorf("got %v", sources)
	}
}

// testLog writes progress lines to the test's log.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}
