package faults

import (
	"net/http"
	"net/url"
	"sync"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// state is what a fault remembers between requests.
type state struct {
	mutex  sync.Mutex
	values map[string][]string
	saved  sync.Map // tar archives ([]byte) by name
}

// add appends values under a name and returns all of them.
func (s *state) add(name string, values ...string) []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.values == nil {
		s.values = map[string][]string{}
	}
	s.values[name] = append(s.values[name], values...)
	return append([]string(nil), s.values[name]...)
}

// noted returns the values under a name.
func (s *state) noted(name string) []string { return s.add(name) }

// remove forgets the values under a name.
func (s *state) remove(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.values, name)
}

// count returns how often it was called with the name.
func (s *state) count(name string) int { return len(s.add(name, "")) }

// labels mark what the fault itself creates on the engine.
func (p *Proxy) labels() map[string]string { return map[string]string{Label: p.fault.Name} }

// users returns the ids of the containers that use a volume.
func (c *call) users(volume string) (ids []string) {
	var found []object
	_ = decode(c.list("/containers/json", "volume", volume).body, &found) // none if it is not a list
	for _, user := range found {
		ids = append(ids, text(user["Id"]))
	}
	return ids
}

// eachVolume calls do for each volume that a container mounts.
func (c *call) eachVolume(container string, do func(volume, target string)) {
	for _, mounted := range objects(c.get("/containers/" + container + "/json")["Mounts"]) {
		if mounted["Type"] == "volume" {
			do(text(mounted["Name"]), text(mounted["Destination"]))
		}
	}
}

// removeVolume removes a volume and reports whether the engine did.
func (c *call) removeVolume(name string) bool {
	return c.request(http.MethodDelete, "/volumes/"+name, nil, nil).ok()
}

// removeWithUsers removes a volume and the containers that use it.
func (c *call) removeWithUsers(volume string) answer {
	for _, user := range c.users(volume) {
		c.request(http.MethodDelete, "/containers/"+user, url.Values{"force": {"1"}}, nil)
	}
	return c.request(http.MethodDelete, "/volumes/"+volume, nil, nil)
}

// empty removes the contents of a volume.
func (c *call) empty(volume string) {
	ctx := c.r.Context()
	id, _, err := c.behind.CreateContainer(ctx, engine.ContainerSpec{
		Image: c.probe, Cmd: probe.Empty("/volume").Args, Labels: c.labels(), Binds: []string{volume + ":/volume:nocopy"},
	})
	if err != nil {
		return
	}
	if c.behind.StartContainer(ctx, id) == nil {
		_, _ = c.behind.WaitContainer(ctx, id)
	}
	_ = c.behind.RemoveContainer(ctx, id, true, false) // Close removes it otherwise, by its label
}
