package faults

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// own marks what the fault itself makes.
func (p *Proxy) own() map[string]string { return map[string]string{Label: p.fault.Name} }

// count remembers one more, and tells all of them.
func (p *Proxy) count(name string) []string {
	p.note(name, "one")
	return p.noted(name)
}

// keep remembers the first value of a name, and tells it ever after.
func (p *Proxy) keep(name, value string) string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.notes[name]) == 0 {
		p.notes[name] = []string{value}
	}
	return p.notes[name][0]
}

// rewritten changes the JSON of the request.
func (c *call) rewritten(change func(object)) {
	asked := object{}
	if decode(c.body(), &asked) != nil {
		return
	}
	change(asked)
	if data, err := json.Marshal(asked); err == nil {
		c.setBody(data)
	}
}

// users are the ids of the containers that use a volume.
func (c *call) users(volume string) (ids []string) {
	var found []object
	_ = decode(c.list("/containers/json", "volume", volume).body, &found) // none where it is no list
	for _, user := range found {
		ids = append(ids, text(user["Id"]))
	}
	return ids
}

// volumesOf are the names of the volumes that a container mounts.
func (c *call) volumesOf(container string) (names []string) {
	c.inVolumes(container, func(_, volume, _ string) { names = append(names, volume) })
	return names
}

// seize removes a volume, and whatever uses it.
func (c *call) seize(volume string) answer {
	for _, user := range c.users(volume) {
		c.ask(http.MethodDelete, "/containers/"+user, url.Values{"force": {"1"}}, nil)
	}
	return c.ask(http.MethodDelete, "/volumes/"+volume, nil, nil)
}

// empty removes what is in a volume.
func (c *call) empty(volume string) {
	ctx := c.r.Context()
	id, _, err := c.behind.CreateContainer(ctx, engine.ContainerSpec{
		Image: c.probe, Cmd: probe.Empty("/volume").Args, Labels: c.own(), Binds: []string{volume + ":/volume:nocopy"},
	})
	if err != nil {
		return
	}
	if c.behind.StartContainer(ctx, id) == nil {
		_, _ = c.behind.WaitContainer(ctx, id)
	}
	_ = c.behind.RemoveContainer(ctx, id, true, false) // what stays bears the fault's label
}
