package sandbox_test

import (
	"encoding/json"
	"net/http"
	"slices"
)

func (f *fake) serveVolumes(mux *http.ServeMux) {
	mux.HandleFunc("POST /volumes/create", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Name, Driver string
			DriverOpts   labels
			Labels       labels
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		if body.Driver != "" && body.Driver != "local" {
			fail(w, http.StatusNotFound, "plugin %q not found", body.Driver)
			return
		}
		if body.Name == "" {
			body.Name = f.newID()
		}
		v := f.volume(body.Name, body.Labels)
		v.Options = body.DriverOpts
		f.volumes[v.Name] = v
		answer(w, v)
	})
	mux.HandleFunc("GET /volumes", func(w http.ResponseWriter, r *http.Request) {
		list := []volume{}
		for _, v := range f.volumes {
			if selected(r, v.Labels) {
				list = append(list, v)
			}
		}
		answer(w, map[string]any{"Volumes": list})
	})
	mux.HandleFunc("GET /volumes/{name}", func(w http.ResponseWriter, r *http.Request) {
		v, exists := f.volumes[r.PathValue("name")]
		if !exists {
			fail(w, http.StatusNotFound, "no such volume: %s", r.PathValue("name"))
			return
		}
		answer(w, v)
	})
	mux.HandleFunc("DELETE /volumes/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		switch _, exists := f.volumes[name]; {
		case !exists:
			fail(w, http.StatusNotFound, "no such volume: %s", name)
		case f.used(name):
			fail(w, http.StatusConflict, "volume %s is in use", name)
		default:
			delete(f.volumes, name)
		}
	})
	mux.HandleFunc("POST /volumes/prune", func(w http.ResponseWriter, r *http.Request) {
		removed := []string{}
		for name, v := range f.volumes {
			if selected(r, v.Labels) && !f.used(name) {
				delete(f.volumes, name)
				removed = append(removed, name)
			}
		}
		slices.Sort(removed)
		answer(w, map[string]any{"VolumesDeleted": removed})
	})
}

// used reports whether a container mounts the volume.
func (f *fake) used(name string) bool {
	for _, c := range f.containers {
		if slices.ContainsFunc(c.Mounts, func(m mount) bool { return m.Name == name }) {
			return true
		}
	}
	return false
}
