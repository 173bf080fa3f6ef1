package lab

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestSocketDir(t *testing.T) {
	long := "/" + strings.Repeat("x", 100)
	for _, test := range []struct{ name, preferred, short, want string }{
		{"short enough", "/cache/sock", "/tmp", "/cache/sock"},
		{"just fits", "/" + strings.Repeat("x", 93), "/tmp", "/" + strings.Repeat("x", 93)},
		{"one too long", "/" + strings.Repeat("x", 94), "/tmp", "/tmp/holdfast-lab-id"},
		{"too long", long, "/tmp", "/tmp/holdfast-lab-id"},
		{"both too long", long, long, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := socketDir(test.preferred, test.short, "id")
			if got != test.want || (err != nil) != (test.want == "") {
				t.Fatalf("got %q and error %v, want %q", got, err, test.want)
			}
			if len(got)+len("/control.sock")+1 > socketLimit {
				t.Fatalf("%q is too long for a socket", got)
			}
		})
	}
}

func TestShares(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	link := filepath.Join(dir, "link")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(inner, link); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		give    []string
		sharing Sharing
		want    string // the directories, or part of the error
	}{
		{"none", nil, Native, ""},
		{"outer first, each once", []string{inner, dir, inner}, Native, dir + " " + inner},
		{"link and its target", []string{link}, Native, inner + " " + link},
		{"release without shares", []string{dir}, None, ""},
		{"root", []string{"/"}, Native, "the engine needs its own"},
		{"system directory", []string{"/usr"}, Native, "the engine needs its own"},
		{"relative", []string{"."}, Native, "absolute path"},
		{"absent", []string{filepath.Join(dir, "absent")}, Native, "no such file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Release{Name: "x", DataRoot: "/var/lib/x", Sharing: test.sharing}.shares(test.give)
			if err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)) {
				t.Fatal(err)
			}
			if err == nil && strings.Join(got, " ") != test.want {
				t.Fatalf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSweep(t *testing.T) {
	t.Setenv(settings.Cache.Name, t.TempDir())
	alive, err := newState(context.Background())
	if err != nil {
		t.Skipf("cannot create a state here: %v", err)
	}
	dead := fakeDead(t)
	interrupted := fakeInterrupted(t)

	var progress bytes.Buffer
	if err := Sweep(&progress); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{dead.dir, dead.sockets, interrupted} {
		if _, err := os.Stat(gone); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
	if !strings.Contains(progress.String(), dead.id) {
		t.Errorf("progress %q does not name the dead machine %s", &progress, dead.id)
	}
	if _, err := os.Stat(alive.path("data")); err != nil {
		t.Errorf("the live machine was swept: %v", err)
	}
	if err := alive.remove(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// fakeDead creates the directory of a dead machine with sockets in another directory.
func fakeDead(t *testing.T) *state {
	dead, err := newState(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dead.sockets = filepath.Join(t.TempDir(), "holdfast-lab-"+dead.id)
	for _, dir := range []string{dead.sockets, dead.path("data/overlay2/x/diff")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(dead.path("sockets"), []byte(dead.sockets), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dead.lock.Close(); err != nil {
		t.Fatal(err)
	}
	return dead
}

func fakeInterrupted(t *testing.T) string {
	parent, err := rootfsDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "docker-x-0123.building-1")
	if err := os.MkdirAll(filepath.Join(dir, "root"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
