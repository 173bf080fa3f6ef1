package qdrant

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/settings"
)

// qdrantImage is the lesson's image.
const qdrantImage = "qdrant/qdrant:latest"

// box runs one Qdrant container after the other on the same two volumes.
type box struct {
	engine             *engine.Engine
	storage, snapshots string
	id                 string
}

func newBox(t *testing.T) *box {
	t.Helper()
	if testing.Short() || os.Getenv("DOCKER_HOST") == "" || !settings.Disposable.On() {
		t.Skip("needs a disposable engine: DOCKER_HOST and HOLDFAST_DISPOSABLE=1 (`lab run` sets both)")
	}
	e, err := engine.Connect(t.Context())
	check(t, err)
	t.Cleanup(func() { _ = e.Close() })
	got, err := images.Ensure(t.Context(), e, qdrantImage, images.FromSettings(os.Stderr))
	check(t, err)
	t.Logf("%+v", got)
	name := fmt.Sprintf("holdfast-qdrant-test-%d", time.Now().UnixNano())
	b := &box{engine: e, storage: name + "-storage", snapshots: name + "-snapshots"}
	t.Cleanup(func() {
		for _, volume := range []string{b.storage, b.snapshots} {
			check(t, e.RemoveVolume(context.Background(), volume, true))
		}
	})
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start runs a new container on the volumes and waits until it is ready.
func (b *box) start(t *testing.T) *Client {
	t.Helper()
	id, _, err := b.engine.CreateContainer(t.Context(), engine.ContainerSpec{
		Image: qdrantImage, Env: []string{"QDRANT_API_KEY=your-secure-key", "QDRANT__TELEMETRY_DISABLED=true"},
		Network: "bridge", Publish: []string{"6333/tcp"},
		Binds: []string{b.storage + ":/qdrant/storage", b.snapshots + ":/qdrant/snapshots"},
	})
	check(t, err)
	b.id = id
	t.Cleanup(func() { b.remove(t, id) })
	check(t, b.engine.StartContainer(t.Context(), id))
	found, err := b.engine.InspectContainer(t.Context(), id)
	check(t, err)
	c := New("http://localhost:"+found.Published["6333/tcp"], "", b.engine.HTTP())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := c.WaitReady(ctx); err != nil {
		stdout, stderr, _ := b.engine.Logs(t.Context(), id)
		t.Fatalf("%v; its log:\n%s%s", err, stdout, stderr)
	}
	return c
}

func (b *box) kill(t *testing.T) {
	t.Helper()
	check(t, b.engine.KillContainer(t.Context(), b.id))
	b.remove(t, b.id)
}

func (b *box) remove(t *testing.T, id string) {
	t.Helper()
	if err := b.engine.RemoveContainer(context.Background(), id, true, false); err != nil && !engine.IsNotFound(err) {
		t.Error(err)
	}
}
