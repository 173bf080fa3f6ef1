package drivers

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/docker/go-plugins-helpers/volume"
)

// driver is a volume driver that remembers what it was asked. Its volumes are all the same directory.
type driver struct {
	directory string // of the engine's host
	mutex     sync.Mutex
	volumes   []string
	asked     []string // such as "mount NAME ID"
	dead      bool
}

var errNone = errors.New("no such volume")

// note remembers a request. A driver that is dead closes the connection without an answer.
func (d *driver) note(words ...string) {
	if d.dead {
		panic(http.ErrAbortHandler)
	}
	d.asked = append(d.asked, strings.Join(words, " "))
}

// die has the driver answer no request any more, or answer again.
func (d *driver) die(dead bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.dead = dead
}

// lose forgets a volume.
func (d *driver) lose(name string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.volumes = slices.DeleteFunc(d.volumes, func(known string) bool { return known == name })
}

// requests returns the rest of each request that begins with these words.
func (d *driver) requests(words string) (rest []string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, request := range d.asked {
		if after, ok := strings.CutPrefix(request, words); ok {
			rest = append(rest, after)
		}
	}
	return rest
}

func (d *driver) Create(r *volume.CreateRequest) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("create", r.Name)
	d.volumes = append(d.volumes, r.Name)
	return nil
}

func (d *driver) Remove(r *volume.RemoveRequest) error {
	if _, err := d.Get(&volume.GetRequest{Name: r.Name}); err != nil {
		return err
	}
	d.lose(r.Name)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("remove", r.Name)
	return nil
}

func (d *driver) Mount(r *volume.MountRequest) (*volume.MountResponse, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("mount", r.Name, r.ID)
	return &volume.MountResponse{Mountpoint: d.directory}, nil
}

func (d *driver) Unmount(r *volume.UnmountRequest) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("unmount", r.Name, r.ID)
	return nil
}

func (d *driver) Get(r *volume.GetRequest) (*volume.GetResponse, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("get", r.Name)
	if !slices.Contains(d.volumes, r.Name) {
		return nil, errNone
	}
	return &volume.GetResponse{Volume: d.describe(r.Name)}, nil
}

func (d *driver) List() (*volume.ListResponse, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.note("list")
	list := &volume.ListResponse{}
	for _, name := range d.volumes {
		list.Volumes = append(list.Volumes, d.describe(name))
	}
	return list, nil
}

func (d *driver) Path(*volume.PathRequest) (*volume.PathResponse, error) {
	return &volume.PathResponse{Mountpoint: d.directory}, nil
}

func (d *driver) Capabilities() *volume.CapabilitiesResponse {
	return &volume.CapabilitiesResponse{Capabilities: volume.Capability{Scope: "global"}}
}

func (d *driver) describe(name string) *volume.Volume {
	return &volume.Volume{Name: name, Mountpoint: d.directory, CreatedAt: "2026-01-01T00:00:00Z"}
}
