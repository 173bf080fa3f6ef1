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

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/settings"
)

// disposable is the engine that these tests load into, tag and remove from.
func disposable(t *testing.T) client.APIClient {
	t.Helper()
	if os.Getenv(client.EnvOverrideHost) == "" || !settings.Disposable.On() {
		t.Skip("needs a disposable engine: DOCKER_HOST and HOLDFAST_DISPOSABLE=1 (`lab run` sets both)")
	}
	api := must(client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation()))(t)
	t.Cleanup(func() { api.Close() })
	return api
}

// wantedOnce is a reference of Docker Hub's that no registry has.
func wantedOnce(t *testing.T, api client.APIClient, names ...string) string {
	t.Helper()
	wanted := fmt.Sprintf("holdfast-test/%s:%d", strings.ToLower(t.Name()), time.Now().UnixNano())
	t.Cleanup(func() {
		for _, ref := range append(names, wanted) {
			if _, err := api.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true, PruneChildren: true}); err != nil && !errdefs.IsNotFound(err) {
				t.Errorf("removing %s: %v", ref, err)
			}
		}
	})
	return wanted
}

// imageFor makes a test image that the engine can run, in its platform.
func imageFor(t *testing.T, api client.APIClient) v1.Image {
	t.Helper()
	return testImage(t, must(api.ServerVersion(t.Context()))(t).Arch)
}

// listenBesideEngine listens on the loopback of the engine's network namespace.
func listenBesideEngine(t *testing.T) net.Listener {
	t.Helper()
	namespace := settings.Netns.Get()
	if namespace == "" {
		return must(net.Listen("tcp", "127.0.0.1:0"))(t)
	}
	type result struct {
		listener net.Listener
		err      error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		file, err := os.Open(namespace)
		if err == nil {
			err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)
			file.Close()
		}
		if err != nil {
			done <- result{nil, err}
			return
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		done <- result{listener, err}
	}()
	got := <-done
	return must(got.listener, got.err)(t)
}

// registryWith serves a registry that holds the image, and returns its address
// as the engine reaches it. Docker takes loopback registries without TLS.
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

func sameID(t *testing.T, api client.APIClient, ref string, want v1.Image) {
	t.Helper()
	got := must(api.ImageInspect(t.Context(), ref))(t)
	wantLayers := must(want.ConfigFile())(t).RootFS.DiffIDs
	if len(got.RootFS.Layers) != len(wantLayers) || got.RootFS.Layers[0] != wantLayers[0].String() {
		t.Errorf("%s has the layers %v, not %v", ref, got.RootFS.Layers, wantLayers)
	}
}

func TestPullFromARegistry(t *testing.T) {
	api := disposable(t)
	content := imageFor(t, api)
	address := registryWith(t, "some/image:1", content)
	wanted := address + "/some/image:1"
	_ = wantedOnce(t, api, wanted)
	got := must(Ensure(t.Context(), api, wanted, Policy{Pull: true, Mirror: "127.0.0.1:1", Cache: t.TempDir(), Progress: testLog{t}}))(t)
	if got.Source != Pulled || got.Used != wanted {
		t.Errorf("got %+v", got)
	}
	sameID(t, api, wanted, content)
}

func TestPullThroughAMirror(t *testing.T) {
	api := disposable(t)
	content := imageFor(t, api)
	var mirrored string
	wanted := wantedOnce(t, api)
	address := registryWith(t, "cache/"+wanted, content)
	mirrored = address + "/cache/" + wanted
	t.Cleanup(func() { _, _ = api.ImageRemove(context.Background(), mirrored, image.RemoveOptions{}) })
	got := must(Ensure(t.Context(), api, wanted, Policy{Pull: true, Mirror: address + "/cache", Cache: t.TempDir(), Progress: testLog{t}}))(t)
	if got.Source != Pulled || got.Used != mirrored {
		t.Errorf("got %+v", got)
	}
	sameID(t, api, wanted, content)
}

func TestARefusedPullEndsSoon(t *testing.T) {
	api := disposable(t)
	wanted := wantedOnce(t, api)
	began := time.Now()
	_, err := Ensure(t.Context(), api, wanted, Policy{Pull: true, Mirror: "127.0.0.1:1", Cache: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1/holdfast-test/") || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	t.Log(err)
}

func TestLoadFromArchives(t *testing.T) {
	api := disposable(t)
	content := imageFor(t, api)
	for name, pack := range map[string]func(wanted string) string{
		"saved": func(wanted string) string { return saved(t, content, "holdfast-test/bystander:1", wanted) },
		"layout": func(wanted string) string {
			return layoutOf(t, content, map[string]string{"org.opencontainers.image.ref.name": "docker.io/" + wanted})
		},
	} {
		t.Run(name, func(t *testing.T) {
			wanted := wantedOnce(t, api)
			path := pack(wanted)
			got := must(Ensure(t.Context(), api, wanted, Policy{Archives: filepath.Dir(path), Cache: t.TempDir()}))(t)
			if got.Source != Archive || got.Used != path || got.Substitute {
				t.Errorf("got %+v", got)
			}
			sameID(t, api, wanted, content)
			if _, err := api.ImageInspect(t.Context(), "holdfast-test/bystander:1"); !errdefs.IsNotFound(err) {
				t.Errorf("another image of the archive was loaded as well: %v", err)
			}
		})
	}
}

func TestAnArchiveWithAWrongLayerIsTheEnginesError(t *testing.T) {
	api := disposable(t)
	wanted := wantedOnce(t, api)
	path := written(t, tarEntries(t,
		regular("c.json", fmt.Sprintf(`{"os":"linux","architecture":%q,"rootfs":{"type":"layers","diff_ids":[%q]}}`, runtime.GOARCH, digest)),
		regular("l.tar", string(tarEntries(t, regular("file", "content")))),
		regular("manifest.json", fmt.Sprintf(`[{"Config":"c.json","RepoTags":[%q],"Layers":["l.tar"]}]`, wanted))))
	_, err := Ensure(t.Context(), api, wanted, Policy{Archives: filepath.Dir(path), Cache: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	t.Log(err)
}

func TestConcurrentProcessesLoadOnce(t *testing.T) {
	api := disposable(t)
	wanted := wantedOnce(t, api)
	policy := Policy{Archives: filepath.Dir(saved(t, imageFor(t, api), wanted)), Cache: t.TempDir()}
	var mu sync.Mutex
	sources := map[Source]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := Ensure(t.Context(), api, wanted, policy)
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

// testLog takes progress lines.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}
