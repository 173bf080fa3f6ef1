package images

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"

	"github.com/holdfast/holdfast/helpers/settings"
)

// ensureSubstitute gets a substitute; the cache that outlives runs is meant to
// be used here, since building takes half a minute.
func ensureSubstitute(t *testing.T, api client.APIClient, wanted string) Image {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a root file system where none is cached")
	}
	got, err := Ensure(t.Context(), api, wanted, Policy{Disposable: true, Cache: settings.CacheDir(), Progress: testLog{t}})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Substitute {
		t.Skipf("the engine has the genuine %s", wanted)
	}
	t.Logf("%+v", got)
	return got
}

func TestTheLessonsDockerfilesBuildOnThePythonSubstitute(t *testing.T) {
	api := disposable(t)
	got := ensureSubstitute(t, api, wantedName)
	if !strings.Contains(got.Description, "FastAPI 0.") {
		t.Errorf("described as %q", got.Description)
	}
	lesson := string(must(os.ReadFile("../../" + settings.Lesson.Default))(t))
	dockerfiles := between(lesson, "```dockerfile\n", "```")
	if len(dockerfiles) != 3 {
		t.Fatalf("the lesson has %d Dockerfiles", len(dockerfiles))
	}
	app := between(lesson, "**File: app.py**\n```python\n", "```")[0]
	for i, dockerfile := range dockerfiles {
		tag := wantedOnce(t, api)
		files := tarEntries(t, regular("Dockerfile", dockerfile), regular("requirements.txt", "fastapi\nuvicorn\n"), regular("app.py", app))
		began := time.Now()
		answer := must(api.ImageBuild(t.Context(), bytes.NewReader(files), build.ImageBuildOptions{Tags: []string{tag}, Remove: true, ForceRemove: true, NetworkMode: "none", NoCache: true}))(t)
		err := eachMessage(answer.Body, func(message) {})
		answer.Body.Close()
		if err != nil {
			t.Fatalf("Dockerfile %d: %v\n%s", i+1, err, dockerfile)
		}
		t.Logf("Dockerfile %d built in %v", i+1, time.Since(began))
		if i == 0 {
			if said := output(t, api, tag, nil); !strings.HasPrefix(said, "Container started: 2") {
				t.Errorf("the lesson's program printed %q", said)
			}
		}
	}
	said := output(t, api, wantedName, []string{"bash", "-c", "python -c 'import sys, fastapi, uvicorn; print(sys.version_info[0])'; pip --version; curl --version"})
	if !strings.HasPrefix(said, "3\npip ") || !strings.Contains(said, "curl ") {
		t.Errorf("got %q", said)
	}
}

func between(text, from, to string) []string {
	var found []string
	for _, part := range strings.Split(text, from)[1:] {
		content, _, _ := strings.Cut(part, to)
		found = append(found, content)
	}
	return found
}

// output runs a container to its end and returns what it printed.
func output(t *testing.T, api client.APIClient, image string, command []string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	made := must(api.ContainerCreate(ctx, &container.Config{Image: image, Cmd: command}, &container.HostConfig{NetworkMode: "none"}, nil, nil, ""))(t)
	defer func() {
		if err := api.ContainerRemove(context.WithoutCancel(ctx), made.ID, container.RemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	}()
	ended, failed := api.ContainerWait(ctx, made.ID, container.WaitConditionNextExit)
	if err := api.ContainerStart(ctx, made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		t.Fatal(err)
	case <-ended:
	}
	logs := must(api.ContainerLogs(ctx, made.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true}))(t)
	defer logs.Close()
	var out bytes.Buffer
	if _, err := stdcopy.StdCopy(&out, &out, logs); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
