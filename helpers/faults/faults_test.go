package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFaultsHaveUniqueNames(t *testing.T) {
	seen := map[string]bool{}
	for _, fault := range All {
		_, isLie := fault.Lie()
		if seen[fault.Name] || fault.Does == "" || len(fault.rules) == 0 && !isLie {
			t.Errorf("%q is not unique, has no description, or has neither rules nor a mount", fault.Name)
		}
		seen[fault.Name] = true
		if found, err := Find(fault.Name); err != nil || found.Name != fault.Name {
			t.Errorf("%s: %v", fault.Name, err)
		}
	}
	if len(All) < 40 {
		t.Errorf("only %d faults", len(All))
	}
	if _, err := Find("no such"); err == nil {
		t.Error("found an unknown fault")
	}
}

func TestRulesMatchPathsOfAnyVersion(t *testing.T) {
	r := on(http.MethodGet, "/containers/*/json", nil)
	for path, want := range map[string]string{
		"/containers/abc/json": " abc", "/v1.45/containers/abc/json": "/v1.45 abc", "/containers/json": "", "/v1.45/containers/a/b/json": "",
	} {
		request, _ := http.NewRequest(http.MethodGet, "http://engine"+path, nil)
		version, names, ok := r.match(request)
		if got := strings.TrimSuffix(version+" "+strings.Join(names, " "), " "); ok != (want != "") || got != want {
			t.Errorf("%s: %q %t, want %q", path, got, ok, want)
		}
	}
	request, _ := http.NewRequest(http.MethodGet, "http://engine/v1.45/images/qdrant/qdrant:latest/json", nil)
	if _, names, _ := on(http.MethodGet, "/images/**/json", nil).match(request); !slices.Equal(names, []string{"qdrant/qdrant:latest"}) {
		t.Errorf("names %v", names)
	}
}

func TestCreationChangesOnlyWhatTheFaultConcerns(t *testing.T) {
	for name, c := range map[string]struct {
		fault, asked, want string
	}{
		"none":        {"none", `{"Cmd":["hold"],"HostConfig":{"Binds":["/host:/app:ro","data:/data"],"Memory":9007199254740993}}`, `{"Cmd":["hold"],"HostConfig":{"Binds":["/host:/app:ro","data:/data"],"Memory":9007199254740993}}`},
		"dropped":     {"volume-dropped", `{"HostConfig":{"Binds":["/host:/app:ro","data:/data:nocopy"],"Mounts":[{"Type":"tmpfs","Target":"/t"}]}}`, `{"HostConfig":{"Binds":["/host:/app:ro"],"Mounts":[{"Source":"","Target":"/t","Type":"tmpfs"}]}}`},
		"ro ignored":  {"bind-read-only-ignored", `{"HostConfig":{"Binds":["/host:/app:ro,rslave","data:/data:ro"]}}`, `{"HostConfig":{"Binds":["/host:/app:rslave","data:/data:ro"],"Mounts":[]}}`},
		"mounts":      {"subpath-ignored", `{"HostConfig":{"Mounts":[{"Type":"volume","Source":"v","Target":"/t","VolumeOptions":{"NoCopy":true,"Subpath":"part"}}]}}`, `{"HostConfig":{"Binds":[],"Mounts":[{"Source":"v","Target":"/t","Type":"volume","VolumeOptions":{"NoCopy":true}}]}}`},
		"tmpfs":       {"tmpfs-size-ignored", `{"HostConfig":{"Tmpfs":{"/t":"size=1m,mode=700"}}}`, `{"HostConfig":{"Binds":[],"Mounts":[],"Tmpfs":{"/t":"mode=700"}}}`},
		"left out":    {"target-left-out", `{"HostConfig":{"Binds":["/host:ro"]}}`, `{"HostConfig":{"Binds":["/host:/host:ro"],"Mounts":[]}}`},
		"nothing":     {"bind-dropped", `{}`, `{"HostConfig":{"Binds":[],"Mounts":[]}}`},
		"no JSON":     {"bind-dropped", `oops`, `oops`},
		"environment": {"environment-dropped", `{"Env":["A=B"],"HostConfig":{}}`, `{"HostConfig":{"Binds":[],"Mounts":[]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			client := clientOf(t, c.fault, func(w http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				got = string(data)
				fmt.Fprint(w, `{"Id":"abc"}`)
			})
			answer, err := client.Post("http://engine/v1.45/containers/create?name=x", "application/json", strings.NewReader(c.asked))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if got != c.want {
				t.Errorf("the engine was asked for\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestStreamsAreNotBuffered(t *testing.T) {
	proceed := make(chan struct{})
	client := clientOf(t, "none", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, `{"first":1}`)
		w.(http.Flusher).Flush()
		<-proceed
		fmt.Fprintln(w, `{"second":2}`)
	})
	answer, err := client.Get("http://engine/v1.45/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Scan()
	if lines.Text() != `{"first":1}` {
		t.Errorf("got %q first", lines.Text())
	}
	close(proceed)
	lines.Scan()
	if lines.Text() != `{"second":2}` {
		t.Errorf("got %q second", lines.Text())
	}
}

func TestHijackedStreamsWorkInBothDirections(t *testing.T) {
	engine := serve(t, func(w http.ResponseWriter, r *http.Request) {
		connection, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer connection.Close()
		fmt.Fprint(connection, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ")
		received, _ := io.ReadAll(buffer)
		fmt.Fprintf(connection, "received %s", received)
	})
	proxy := startProxy(t, engine, "none")
	connection, err := net.Dial("unix", strings.TrimPrefix(proxy.Host, "unix://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprint(connection, "POST /v1.45/exec/abc/start HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n")
	reader := bufio.NewReader(connection)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", answer, err)
	}
	fmt.Fprint(connection, "good day")
	_ = connection.(*net.UnixConn).CloseWrite()
	if all, err := io.ReadAll(reader); string(all) != "hello received good day" {
		t.Errorf("got %q, %v", all, err)
	}
}

func TestRewriteChangesOnlyMatchingResponses(t *testing.T) {
	client := clientOf(t, "inspect-wrong-scope", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "missing") {
			http.Error(w, `{"message":"no such volume"}`, http.StatusNotFound)
			return
		}
		fmt.Fprint(w, `{"Name":"data","Scope":"local","Size":9007199254740993}`)
	})
	for path, want := range map[string]string{
		"/v1.45/volumes/data":        `200 {"Name":"data","Scope":"global","Size":9007199254740993}`,
		"/v1.45/volumes/missing":     `404 {"message":"no such volume"}`,
		"/v1.45/containers/abc/json": `200 {"Name":"data","Scope":"local","Size":9007199254740993}`,
	} {
		answer, err := client.Get("http://engine" + path)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if got := fmt.Sprintf("%d %s", answer.StatusCode, strings.TrimSpace(string(data))); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestCutLog(t *testing.T) {
	frame := func(text string) []byte { return append([]byte{1, 0, 0, 0, 0, 0, 0, byte(len(text))}, text...) }
	if got := cut(append(append(frame("abcdef"), frame("12")...), frame("left out")...), 2, 2); string(got) != string(append(frame("abc"), frame("1")...)) {
		t.Errorf("%q", got)
	}
	if got := cut([]byte("short"), 2, 2); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestPruneLabel(t *testing.T) {
	for filters, want := range map[string]string{`{"label":{"a=b":true}}`: "a=b", `{"all":{"true":true}}`: "", "": "", "oops": ""} {
		request, _ := http.NewRequest(http.MethodPost, "http://engine/volumes/prune", nil)
		request.URL.RawQuery = url.Values{"filters": {filters}}.Encode()
		if got := (&call{r: request}).pruneLabel(); got != want {
			t.Errorf("%s: %q, want %q", filters, got, want)
		}
	}
}

// serve starts a fake engine and returns the path of its socket.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "engine.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handle}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return socket
}

// startProxy starts a proxy with a fault for the engine.
func startProxy(t *testing.T, engine, name string) *Proxy {
	t.Helper()
	fault, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := listen(t.Context(), "unix://"+engine, filepath.Join(t.TempDir(), "proxy.sock"), fault)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = proxy.server.Serve(proxy.listener) }()
	t.Cleanup(func() { _ = proxy.shut() })
	return proxy
}

// clientOf returns a client of a fake engine with a fault.
func clientOf(t *testing.T, name string, handle http.HandlerFunc) *http.Client {
	t.Helper()
	toProxy, err := transport(startProxy(t, serve(t, handle), name).Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(toProxy.CloseIdleConnections)
	return &http.Client{Transport: toProxy, Timeout: 10 * time.Second}
}
