package qdrant

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/docker/go-connections/nat"
	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/settings"
)

// qdrantImage is the lesson's.
const qdrantImage = "qdrant/qdrant:latest"

// box is one Qdrant container after another on the same two volumes.
type box struct {
	api                client.APIClient
	storage, snapshots string
	id                 string
}

func newBox(t *testing.T) *box {
	t.Helper()
	if testing.Short() || os.Getenv(client.EnvOverrideHost) == "" || !settings.Disposable.On() {
		t.Skip("needs a disposable engine: DOCKER_HOST and HOLDFAST_DISPOSABLE=1 (`lab run` sets both)")
	}
	api, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	check(t, err)
	t.Cleanup(func() { api.Close() })
	got, err := images.Ensure(t.Context(), api, qdrantImage, images.FromSettings(os.Stderr))
	check(t, err)
	t.Logf("%+v", got)
	name := fmt.Sprintf("holdfast-qdrant-test-%d", time.Now().UnixNano())
	b := &box{api: api, storage: name + "-storage", snapshots: name + "-snapshots"}
	t.Cleanup(func() {
		for _, volume := range []string{b.storage, b.snapshots} {
			check(t, api.VolumeRemove(context.Background(), volume, true))
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
	made, err := b.api.ContainerCreate(t.Context(),
		&container.Config{Image: qdrantImage, Env: []string{"QDRANT_API_KEY=your-secure-key"}, ExposedPorts: nat.PortSet{"6333/tcp": {}}},
		&container.HostConfig{
			PortBindings: nat.PortMap{"6333/tcp": {{HostIP: "127.0.0.1"}}},
			Mounts: []mount.Mount{
				{Type: mount.TypeVolume, Source: b.storage, Target: "/qdrant/storage"},
				{Type: mount.TypeVolume, Source: b.snapshots, Target: "/qdrant/snapshots"},
			},
		}, nil, nil, "")
	check(t, err)
	b.id = made.ID
	t.Cleanup(func() { b.remove(t, made.ID) })
	check(t, b.api.ContainerStart(t.Context(), made.ID, container.StartOptions{}))
	inspected, err := b.api.ContainerInspect(t.Context(), made.ID)
	check(t, err)
	address := "127.0.0.1:" + inspected.NetworkSettings.Ports["6333/tcp"][0].HostPort
	c := New("http://"+address, "", &http.Client{Transport: &http.Transport{DialContext: dialBesideEngine, DisableKeepAlives: true}})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := c.WaitReady(ctx); err != nil {
		t.Fatalf("%v; its log:\n%s", err, b.log(t))
	}
	return c
}

func (b *box) remove(t *testing.T, id string) {
	err := b.api.ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true})
	if err != nil && !errdefs.IsNotFound(err) {
		t.Error(err)
	}
}

func (b *box) log(t *testing.T) string {
	t.Helper()
	logs, err := b.api.ContainerLogs(t.Context(), b.id, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	check(t, err)
	defer logs.Close()
	var out bytes.Buffer
	_, err = stdcopy.StdCopy(&out, &out, logs)
	check(t, err)
	return out.String()
}

// dialBesideEngine dials from the engine's network namespace.
func dialBesideEngine(ctx context.Context, network, address string) (net.Conn, error) {
	namespace := settings.Netns.Get()
	if namespace == "" {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		file, err := os.Open(namespace)
		if err == nil {
			err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)
			file.Close()
		}
		if err != nil {
			done <- result{nil, err}
			return
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		done <- result{conn, err}
	}()
	got := <-done
	return got.conn, got.err
}
