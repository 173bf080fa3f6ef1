package sandbox_test

import (
	"archive/tar"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/probe"
)

type container struct {
	ID, Name, Image, State, StartedAt string
	Cmd                               []string
	Labels                            labels
	Mounts                            []mount
	anonymous                         []string
	sessions                          []upgraded
	ended                             probe.Ended
}

type mount struct{ Type, Name, Source, Destination string }

// process is an exec of a container.
type process struct {
	container *container
	Cmd       []string
	code      int
}

func (f *fake) serveContainers(mux *http.ServeMux) {
	mux.HandleFunc("POST /containers/create", f.create)
	mux.HandleFunc("GET /containers/json", func(w http.ResponseWriter, r *http.Request) {
		list := []map[string]any{}
		for _, c := range f.containers {
			if selected(r, c.Labels) {
				list = append(list, map[string]any{"Id": c.ID, "Names": []string{"/" + c.Name}, "State": c.State, "Labels": c.Labels})
			}
		}
		answer(w, list)
	})
	for path, do := range map[string]func(http.ResponseWriter, *http.Request, *container){
		"GET /containers/{id}/json": func(w http.ResponseWriter, _ *http.Request, c *container) {
			answer(w, map[string]any{"Id": c.ID, "Name": "/" + c.Name, "State": map[string]any{"Status": c.State, "ExitCode": c.ended.Code, "StartedAt": c.StartedAt},
				"Config": map[string]any{"Labels": c.Labels}, "Mounts": c.Mounts})
		},
		"POST /containers/{id}/start":   func(_ http.ResponseWriter, _ *http.Request, c *container) { f.start(c) },
		"POST /containers/{id}/restart": func(_ http.ResponseWriter, _ *http.Request, c *container) { f.start(c) },
		"POST /containers/{id}/stop":    func(_ http.ResponseWriter, _ *http.Request, c *container) { c.State = "exited" },
		"POST /containers/{id}/kill":    func(_ http.ResponseWriter, _ *http.Request, c *container) { c.State, c.ended.Code = "exited", 137 },
		"POST /containers/{id}/pause":   func(_ http.ResponseWriter, _ *http.Request, c *container) { c.State = "paused" },
		"POST /containers/{id}/unpause": func(_ http.ResponseWriter, _ *http.Request, c *container) { c.State = "running" },
		"POST /containers/{id}/wait": func(w http.ResponseWriter, _ *http.Request, c *container) {
			answer(w, map[string]any{"StatusCode": c.ended.Code})
		},
		"GET /containers/{id}/logs": func(w http.ResponseWriter, _ *http.Request, c *container) {
			frame(w, 1, c.ended.Stdout)
			frame(w, 2, c.ended.Stderr)
		},
		"GET /containers/{id}/changes": func(w http.ResponseWriter, _ *http.Request, _ *container) {
			answer(w, []map[string]any{{"Path": "/added", "Kind": 1}})
		},
		"GET /containers/{id}/archive": f.archive,
		"DELETE /containers/{id}":      f.remove,
		"POST /containers/{id}/exec": func(w http.ResponseWriter, r *http.Request, c *container) {
			p := &process{container: c}
			_ = json.NewDecoder(r.Body).Decode(p)
			if c.State != "running" {
				fail(w, http.StatusConflict, "container %s is not running", c.ID)
				return
			}
			id := fmt.Sprint("exec", len(f.execs))
			f.execs[id] = p
			answer(w, map[string]string{"Id": id})
		},
		"POST /containers/{id}/attach": f.attach,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			for _, c := range f.containers {
				if r.PathValue("id") == c.ID || r.PathValue("id") == c.Name {
					do(w, r, c)
					return
				}
			}
			fail(w, http.StatusNotFound, "no such container: %s", r.PathValue("id"))
		})
	}
	mux.HandleFunc("POST /exec/{id}/start", func(w http.ResponseWriter, r *http.Request) {
		p := f.execs[r.PathValue("id")]
		ended := f.run(p.container, p.Cmd[1:])
		p.code = ended.Code
		conn := hijack(w, r)
		frame(conn, 1, ended.Stdout)
		frame(conn, 2, ended.Stderr)
		_ = conn.Flush()
		conn.close()
	})
	mux.HandleFunc("GET /exec/{id}/json", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"ExitCode": f.execs[r.PathValue("id")].code})
	})
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	var body struct {
		container
		Volumes    map[string]struct{}
		HostConfig struct {
			Binds  []string
			Mounts []struct{ Type, Source, Target string }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		fail(w, http.StatusBadRequest, "%v", err)
		return
	}
	c := &body.container
	c.Name, c.State = r.URL.Query().Get("name"), "created"
	c.ID = f.newID()
	for _, bind := range body.HostConfig.Binds {
		parts := strings.Split(bind, ":")
		c.Mounts = append(c.Mounts, f.mount(parts[0], parts[1]))
	}
	for target := range body.Volumes {
		name := f.newID()
		c.anonymous = append(c.anonymous, name)
		c.Mounts = append(c.Mounts, f.mount(name, target))
	}
	for _, m := range body.HostConfig.Mounts {
		if m.Type == "bind" {
			if _, err := os.Stat(m.Source); err != nil || f.elsewhere {
				fail(w, http.StatusBadRequest, "bind source path does not exist: %s", m.Source)
				return
			}
		}
		c.Mounts = append(c.Mounts, f.mount(m.Source, m.Target))
	}
	f.containers[c.ID] = c
	w.WriteHeader(http.StatusCreated)
	answer(w, map[string]string{"Id": c.ID})
}

func (f *fake) mount(source, target string) mount {
	if strings.HasPrefix(source, "/") {
		return mount{Type: "bind", Source: source, Destination: target}
	}
	return mount{Type: "volume", Name: source, Source: f.volume(source, nil).Mountpoint, Destination: target}
}

func (f *fake) start(c *container) {
	for _, session := range c.sessions {
		session.close() // with the process
	}
	c.State, c.StartedAt, c.sessions = "running", time.Now().Format(time.RFC3339Nano), nil
	if len(c.Cmd) > 0 && c.Cmd[0] != "hold" {
		c.ended = f.run(c, c.Cmd)
		c.State = "exited"
	}
}

func (f *fake) remove(w http.ResponseWriter, r *http.Request, c *container) {
	if c.State == "running" && r.URL.Query().Get("force") != "1" {
		fail(w, http.StatusConflict, "container %s is running", c.ID)
		return
	}
	delete(f.containers, c.ID)
	for _, name := range c.anonymous {
		if r.URL.Query().Get("v") == "1" {
			delete(f.volumes, name)
		}
	}
}

// archive copies one file of a container.
func (f *fake) archive(w http.ResponseWriter, r *http.Request, c *container) {
	path := r.URL.Query().Get("path")
	data, err := os.ReadFile(f.path(c, path))
	if err != nil {
		fail(w, http.StatusNotFound, "no such file: %s", path)
		return
	}
	w.Header().Set("X-Docker-Container-Path-Stat", "e30=")
	archive := tar.NewWriter(w)
	_ = archive.WriteHeader(&tar.Header{Name: filepath.Base(path), Typeflag: tar.TypeReg, Size: int64(len(data)), Mode: 0o644})
	_, _ = archive.Write(data)
	_ = archive.Close()
}

// attach answers commands, one a line, as the holding probe does.
func (f *fake) attach(w http.ResponseWriter, r *http.Request, c *container) {
	conn := hijack(w, r)
	c.sessions = append(c.sessions, conn)
	go func() {
		defer conn.close()
		frame(conn, 1, []byte(probe.Greeting+"\n"))
		for lines := bufio.NewScanner(conn); conn.Flush() == nil && lines.Scan(); {
			var args []string
			if json.Unmarshal(lines.Bytes(), &args) != nil {
				return
			}
			ended, _ := json.Marshal(f.run(c, args))
			frame(conn, 1, append(ended, '\n'))
		}
	}()
}

type upgraded struct {
	*bufio.ReadWriter
	close func()
}

// hijack upgrades a request's connection. What is left unread of the request
// would reset the connection when it is closed.
func hijack(w http.ResponseWriter, r *http.Request) upgraded {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err) // HTTP/1 only
	}
	fmt.Fprint(buffer, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
	return upgraded{buffer, func() { _ = conn.Close() }}
}

// frame writes output as the engine multiplexes it: 1 for stdout, 2 for stderr.
func frame(to io.Writer, stream byte, data []byte) {
	header := binary.BigEndian.AppendUint32([]byte{stream, 0, 0, 0}, uint32(len(data)))
	_, _ = to.Write(append(header, data...))
}
