// Package api sends requests to the engine's API for the contract's specs: what is
// refused, and with which status, is hidden by a client library.
package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// Object is a JSON object.
type Object = map[string]any

// Do sends a request such as "DELETE /volumes/NAME" with the negotiated version of the
// API. The body is text, or anything that JSON can hold.
func Do(ctx context.Context, box *sandbox.Box, request string, body ...any) engine.Reply {
	GinkgoHelper()
	return DoAs(ctx, box, "", request, body...)
}

// DoAs is Do for a client that speaks a version of the API.
func DoAs(ctx context.Context, box *sandbox.Box, version, request string, body ...any) engine.Reply {
	GinkgoHelper()
	method, path, _ := strings.Cut(request, " ")
	text := ""
	for _, part := range body {
		text += encode(part)
	}
	reply, err := box.Engine().Request(ctx, version, method, path, text)
	if err != nil {
		Fail(err.Error())
	}
	if version != "" {
		request = strings.Replace(request, " ", " /v"+version, 1)
	}
	evidence.Add(evidence.Step{Did: strings.TrimSpace(request + " " + text), Saw: reply.String()})
	return reply
}

func encode(part any) string {
	if text, ok := part.(string); ok {
		return text
	}
	data, err := json.Marshal(part)
	if err != nil {
		Fail(err.Error())
	}
	return string(data)
}

// Decode decodes the body of a reply. It fails the spec if the body is not such JSON.
func Decode[T any](reply engine.Reply) (value T) {
	GinkgoHelper()
	if err := json.Unmarshal([]byte(reply.Body), &value); err != nil {
		Fail(err.Error() + " in " + reply.String())
	}
	return value
}

// Filters returns the query of a list or a prune: keys and values in turn.
func Filters(pairs ...string) string {
	filters := map[string]map[string]bool{} // as the docker CLI sends it
	for i := 0; i+1 < len(pairs); i += 2 {
		if filters[pairs[i]] == nil {
			filters[pairs[i]] = map[string]bool{}
		}
		filters[pairs[i]][pairs[i+1]] = true
	}
	return "filters=" + url.QueryEscape(encode(filters))
}

// AnonymousVolume returns the name of a container's volume at a target. The volume is
// removed with the sandbox, after the container.
func AnonymousVolume(ctx context.Context, box *sandbox.Box, container *sandbox.Container, target string) string {
	GinkgoHelper()
	for _, mount := range container.Inspect(ctx).Mounts {
		if mount.Target == target && mount.Type == "volume" {
			box.AdoptVolume(mount.Name)
			DeferCleanup(func(ctx SpecContext) error {
				if err := box.Engine().RemoveContainer(ctx, container.ID, true, true); !engine.IsNotFound(err) {
					return err
				}
				return nil
			})
			return mount.Name
		}
	}
	Fail("container " + container.Name + " has no volume at " + target)
	return ""
}

// Volume mounts a volume by name, as `--mount type=volume` does.
func Volume(name, target string) sandbox.Option {
	return sandbox.Mount(engine.Mount{Type: "volume", Source: name, Target: target})
}
