package api

import (
	"context"
	"maps"
	"net/url"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// Create requests a container of the probe image with this HostConfig. Once started, it
// runs until it is stopped. If the engine refuses, the container is nil.
func Create(ctx context.Context, box *sandbox.Box, host Object) (engine.Reply, *sandbox.Container) {
	GinkgoHelper()
	host = maps.Clone(host)
	host["NetworkMode"] = "none"
	name := box.Name("container")
	reply := Do(ctx, box, "POST /containers/create?name="+name, Object{
		"Image": box.ProbeImage(), "Cmd": probe.Hold().Args, "Labels": box.Labels(), "OpenStdin": true, "NetworkDisabled": true, "HostConfig": host,
	})
	if reply.Status != 201 {
		return reply, nil
	}
	id := Decode[struct{ ID string }](reply).ID
	box.Cleanup("container "+name, func(ctx context.Context) error {
		err := box.Engine().RemoveContainer(ctx, id, true, true)
		if _, inspecting := box.Engine().InspectContainer(ctx, id); engine.IsNotFound(inspecting) {
			return nil // Podman removes a container that it cannot mount, and reports an error
		}
		return err
	})
	return reply, box.Container(id, name)
}

// Commit makes an image of a container's layer, with changes such as "VOLUME /data", and
// returns its name. The image is removed when the spec ends.
func Commit(ctx context.Context, box *sandbox.Box, container *sandbox.Container, changes ...string) string {
	GinkgoHelper()
	name := box.Name("image")
	query := url.Values{"container": {container.ID}, "repo": {name}, "tag": {"latest"}, "changes": changes}
	reply := Do(ctx, box, "POST /commit?"+query.Encode(), Object{"Labels": box.Labels()})
	if reply.Status != 201 {
		Fail("committing container " + container.Name + ": " + reply.String())
	}
	image := Decode[struct{ ID string }](reply).ID
	box.Cleanup("image "+name, func(ctx context.Context) error {
		if err := box.Engine().RemoveImage(ctx, name+":latest"); !engine.IsNotFound(err) || box.Facts().Name == "podman" {
			return err
		}
		return box.Engine().RemoveImage(ctx, image) // a removal of the spec left it without a name
	})
	return name + ":latest"
}
