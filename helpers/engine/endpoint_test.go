package engine

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
	contextdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// cleanCLI gives the test its own docker CLI configuration, with one stored context.
func cleanCLI(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	config.SetDir(dir)
	t.Cleanup(func() { config.SetDir("") })
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"} {
		t.Setenv(name, "")
	}
	storeContext(t, "away", "tcp://away.example:2375")
}

// storeContext adds a docker context to the CLI's configuration.
func storeContext(t *testing.T, name, host string) {
	t.Helper()
	stored := store.New(config.ContextStoreDir(), store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(contextdocker.DockerEndpoint, func() any { return &contextdocker.EndpointMeta{} })))
	err := stored.CreateOrUpdate(store.Metadata{Name: name, Endpoints: map[string]any{
		contextdocker.DockerEndpoint: contextdocker.EndpointMeta{Host: host},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestResolveFollowsTheDockerCLIsOrder(t *testing.T) {
	cleanCLI(t)
	want := func(host string, explicit bool) {
		t.Helper()
		endpoint, err := Resolve()
		if err != nil || endpoint.Host != host || endpoint.Explicit != explicit {
			t.Errorf("got %+v, %v; want %s, explicit %t", endpoint, err, host, explicit)
		}
	}
	standard := "unix:///var/run/docker.sock"
	if runtime.GOOS == "windows" {
		standard = "npipe:////./pipe/docker_engine"
	}
	want(standard, false)
	if err := os.WriteFile(filepath.Join(config.Dir(), "config.json"), []byte(`{"currentContext":"away"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	want("tcp://away.example:2375", true)
	t.Setenv("DOCKER_CONTEXT", "default")
	want(standard, false)
	t.Setenv("DOCKER_CONTEXT", "away")
	want("tcp://away.example:2375", true)
	t.Setenv("DOCKER_HOST", "tcp://first.example:2375")
	want("tcp://first.example:2375", true)
}

func TestResolveExplainsErrors(t *testing.T) {
	cleanCLI(t)
	t.Setenv("DOCKER_CONTEXT", "nowhere")
	if _, err := Resolve(); err == nil || !strings.Contains(err.Error(), "docker context ls") {
		t.Errorf("an unknown context: %v", err)
	}
	t.Setenv("DOCKER_HOST", "nonsense")
	if _, err := Resolve(); err == nil || !strings.Contains(err.Error(), "is not an engine address") {
		t.Errorf("an invalid host: %v", err)
	}
}

func TestConnectReportsThatNothingListens(t *testing.T) {
	cleanCLI(t)
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	_, err := Connect(context.Background())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "DOCKER_HOST") {
		t.Errorf("got %v", err)
	}
}

// fake serves the three answers that Open reads: it tests how they are read,
// nothing else.
func fake(t *testing.T, api, osType string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", api)
		w.Header().Set("OSType", osType)
		switch {
		case strings.HasSuffix(r.URL.Path, "/version"):
			_, _ = w.Write([]byte(`{"Version":"1.2.3","Arch":"x86_64","Components":[{"Name":"Podman Engine","Version":"5.8.6"}]}`))
		case strings.HasSuffix(r.URL.Path, "/info"):
			_, _ = w.Write([]byte(`{"OSType":"` + osType + `","SecurityOptions":["name=rootless","name=userns"],"MemTotal":42}`))
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_HOST", "tcp://"+strings.TrimPrefix(server.URL, "http://"))
}

func TestOpenReadsTheFacts(t *testing.T) {
	cleanCLI(t)
	fake(t, "1.44", "linux")
	e, err := Connect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if f := e.Facts; f.Name != "podman" || f.Version != "5.8.6" || f.Arch != "amd64" || f.API != "1.44" || !f.Rootless || !f.UsernsRemap || f.Memory != 42 || f.Disposable {
		t.Errorf("got %+v", f)
	}
}

func TestOpenRefusesUnsupportedEngines(t *testing.T) {
	cleanCLI(t)
	fake(t, "1.44", "windows")
	if _, err := Connect(context.Background()); err == nil || !strings.Contains(err.Error(), "Windows containers") {
		t.Errorf("Windows containers: %v", err)
	}
	fake(t, "1.24", "linux")
	if _, err := Connect(context.Background()); err == nil || !strings.Contains(err.Error(), "update the engine") {
		t.Errorf("an old API: %v", err)
	}
}

func TestDiagnoseDistinguishesFailures(t *testing.T) {
	endpoint := Endpoint{Host: "unix:///x", Origin: "DOCKER_HOST"}
	for want, err := range map[string]error{
		"no permission":         &net.OpError{Op: "dial", Err: os.ErrPermission},
		"TLS handshake":         errors.New("x509: certificate signed by unknown authority"),
		"disagree on TLS":       errors.New("http: server gave HTTP response to HTTPS client"),
		"did not answer within": context.DeadlineExceeded,
		ErrUnreachable.Error():  errors.New("connection refused"),
	} {
		if got := diagnose(endpoint, err); !strings.Contains(got.Error(), want) {
			t.Errorf("%v: %v", err, got)
		}
	}
}
