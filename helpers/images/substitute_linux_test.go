package images

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"
)

// ensureSubstitute gets a substitute. It uses the cache that outlives runs, since
// building takes half a minute.
func ensureSubstitute(t *testing.T, e *engine.Engine, wanted string) Image {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a root file system where none is cached")
	}
	got, err := Ensure(t.Context(), e, wanted, Policy{Disposable: true, Cache: settings.CacheDir(), Progress: testLog{t}})
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
	e := disposable(t)
	got := ensureSubstitute(t, e, wantedName)
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
		tag := wantedOnce(t, e)
		files := tarEntries(t, regular("Dockerfile", dockerfile), regular("requirements.txt", "fastapi\nuvicorn\n"), regular("app.py", app))
		began := time.Now()
		if err := e.BuildImage(t.Context(), tag, bytes.NewReader(files)); err != nil {
			t.Fatalf("Dockerfile %d: %v\n%s", i+1, err, dockerfile)
		}
		t.Logf("Dockerfile %d built in %v", i+1, time.Since(began))
		if i == 0 {
			if printed := output(t, e, tag, nil); !strings.HasPrefix(printed, "Container started: 2") {
				t.Errorf("the lesson's program printed %q", printed)
			}
		}
	}
	printed := output(t, e, wantedName, []string{"bash", "-c", "python -c 'import sys, fastapi, uvicorn; print(sys.version_info[0])'; pip --version; curl --version"})
	if !strings.HasPrefix(printed, "3\npip ") || !strings.Contains(printed, "curl ") {
		t.Errorf("got %q", printed)
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
func output(t *testing.T, e *engine.Engine, image string, command []string) string {
	t.Helper()
	id, _, err := e.CreateContainer(t.Context(), engine.ContainerSpec{Image: image, Cmd: command})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.RemoveContainer(context.Background(), id, true, false); err != nil {
			t.Error(err)
		}
	}()
	if err := e.StartContainer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	must(e.WaitContainer(t.Context(), id))(t)
	stdout, stderr, err := e.Logs(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return stdout + stderr
}
