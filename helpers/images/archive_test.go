package images

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// lookUp searches an archive for wantedName.
func lookUp(t testing.TB, path string) (v1.Image, []string, error) {
	t.Helper()
	return find(path, must(parse(wantedName))(t), amd64, t.TempDir())
}

const wantedName = "python:3.12-slim"

// layoutOf writes an OCI image layout whose one entry has the annotations.
func layoutOf(t testing.TB, image any, annotations map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	at := must(layout.Write(dir, empty.Index))(t)
	var err error
	switch image := image.(type) {
	case v1.Image:
		err = at.AppendImage(image, layout.WithAnnotations(annotations))
	case v1.ImageIndex:
		err = at.AppendIndex(image, layout.WithAnnotations(annotations))
	}
	if err != nil {
		t.Fatal(err)
	}
	return tarDir(t, dir)
}

func TestFindReadsEveryFormat(t *testing.T) {
	image := testImage(t, "amd64")
	platforms := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: testImage(t, "arm64"), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}},
		mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &amd64}},
	)
	for name, path := range map[string]string{
		"saved":                       saved(t, image, wantedName),
		"saved under two names":       saved(t, image, "other:1", "docker.io/library/python:3.12-slim"),
		"OCI, named by its reference": layoutOf(t, image, map[string]string{"org.opencontainers.image.ref.name": wantedName}),
		"OCI, named by containerd":    layoutOf(t, image, map[string]string{"io.containerd.image.name": "docker.io/library/python:3.12-slim", "org.opencontainers.image.ref.name": "3.12-slim"}),
		"OCI, of two platforms":       layoutOf(t, platforms, map[string]string{"org.opencontainers.image.ref.name": wantedName}),
	} {
		t.Run(name, func(t *testing.T) {
			found, names, err := lookUp(t, path)
			if err != nil || found == nil {
				t.Fatalf("not found among %v: %v", names, err)
			}
			sameImage(t, found, image)
		})
	}
}

// sameImage writes the image and reads it back as an engine would.
func sameImage(t *testing.T, found, want v1.Image) {
	t.Helper()
	var out bytes.Buffer
	if err := tarball.Write(must(name.NewTag(wantedName))(t), found, &out); err != nil {
		t.Fatal(err)
	}
	got := must(tarball.Image(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.Bytes())), nil }, nil))(t)
	if got, want := must(got.ConfigName())(t), must(want.ConfigName())(t); got != want {
		t.Errorf("the image is %s, not %s", got, want)
	}
	wantLayers := must(want.Layers())(t)
	for i, layer := range must(got.Layers())(t) {
		content := must(layer.Uncompressed())(t)
		digest, _, err := v1.SHA256(content)
		if want := must(wantLayers[i].DiffID())(t); err != nil || digest != want {
			t.Errorf("layer %d is %s (%v), not %s", i, digest, err, want)
		}
		content.Close()
	}
}

func TestFindReturnsTheNamesInAnArchive(t *testing.T) {
	found, names, err := lookUp(t, saved(t, testImage(t, "amd64"), "python:3.13-slim"))
	if found != nil || err != nil || len(names) != 1 || !strings.Contains(names[0], "python:3.13-slim") {
		t.Errorf("found %v among %v: %v", found, names, err)
	}
}

func TestFindRefusesAnotherPlatform(t *testing.T) {
	other := testImage(t, "arm64")
	for _, path := range []string{
		saved(t, other, wantedName),
		layoutOf(t, other, map[string]string{"org.opencontainers.image.ref.name": wantedName}),
		layoutOf(t, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: other, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}}),
			map[string]string{"org.opencontainers.image.ref.name": wantedName}),
	} {
		if _, _, err := lookUp(t, path); err == nil || !strings.Contains(err.Error(), "arm64") || !strings.Contains(err.Error(), path) {
			t.Errorf("an image for arm64 on amd64: %v", err)
		}
	}
}

func TestFindRefusesHostileAndBrokenArchives(t *testing.T) {
	link := func(kind byte, name, target string) tarEntry {
		return tarEntry{tar.Header{Typeflag: kind, Name: name, Linkname: target}, ""}
	}
	const manifest = `[{"Config":"c.json","RepoTags":["python:3.12-slim"],"Layers":["l.tar"]}]`
	for _, test := range []struct {
		message string
		entries []tarEntry
	}{
		{"points out", []tarEntry{regular("../../etc/passwd", "x")}},
		{"points out", []tarEntry{regular("blobs/../../x", "x")}},
		{"points out", []tarEntry{regular("/etc/passwd", "x")}},
		{"does not lead", []tarEntry{link(tar.TypeSymlink, "a", "/etc/shadow")}},
		{"does not lead", []tarEntry{link(tar.TypeSymlink, "d/a", "../../x")}},
		{"does not lead", []tarEntry{link(tar.TypeLink, "a", "../x")}},
		{"is not a file", []tarEntry{{tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"}, ""}}},
		{"does not lead", []tarEntry{regular("manifest.json", manifest), link(tar.TypeSymlink, "c.json", "c2"), link(tar.TypeSymlink, "c2", "c.json")}},
		{"c.json not found", []tarEntry{regular("manifest.json", manifest)}},
		{"l.tar not found", []tarEntry{regular("manifest.json", manifest), regular("c.json", "{}")}},
		{"manifest.json", []tarEntry{regular("manifest.json", "nonsense")}},
		{"index.json", []tarEntry{regular("index.json", "nonsense")}},
		{"not an image archive", []tarEntry{regular("readme", "hello")}},
	} {
		path := written(t, tarEntries(t, test.entries...))
		_, _, err := lookUp(t, path)
		if err == nil || !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), path) {
			t.Errorf("want %q with the path, got %v", test.message, err)
		}
	}
	for message, data := range map[string]string{"compressed": "\x1f\x8b\x08\x00\x00", "empty": "", "not a tar archive": strings.Repeat("nonsense", 1000)} {
		if _, _, err := lookUp(t, written(t, []byte(data))); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("want %q, got %v", message, err)
		}
	}
}

func TestUnpackStaysInItsDirectory(t *testing.T) {
	scratch := t.TempDir()
	path := written(t, tarEntries(t, regular("../escaped", "x")))
	if _, err := unpack(path, scratch); err == nil {
		t.Error("an entry with .. was unpacked")
	}
	if _, err := os.Stat(filepath.Join(scratch, "escaped")); err == nil {
		t.Error("a file was written outside the directory")
	}
}

// Docker before 25 saved a layer that two images share as a link to the first.
func TestFindFollowsLinks(t *testing.T) {
	layer := must(newLayer(tarEntries(t, regular("file", "content"))))(t)
	content := must(io.ReadAll(must(layer.open())(t)))(t)
	path := written(t, tarEntries(t,
		regular("manifest.json", `[{"Config":"c.json","RepoTags":["python:3.12-slim"],"Layers":["b/layer.tar"]}]`),
		regular("c.json", `{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["`+layer.diffID.String()+`"]}}`),
		regular("a/layer.tar", string(content)),
		tarEntry{tar.Header{Typeflag: tar.TypeSymlink, Name: "b/layer.tar", Linkname: "../a/layer.tar"}, ""}))
	found, _, err := lookUp(t, path)
	if err != nil {
		t.Fatal(err)
	}
	got := must(must(found.Layers())(t)[0].Uncompressed())(t)
	if digest, _, err := v1.SHA256(got); err != nil || digest != layer.diffID {
		t.Errorf("the layer is %s (%v), not %s", digest, err, layer.diffID)
	}
}

func TestFindReportsATruncatedArchive(t *testing.T) {
	path := saved(t, testImage(t, "amd64"), wantedName)
	whole := must(os.ReadFile(path))(t)
	// Every cut before the two closing blocks loses something.
	for cut := 100; cut < len(whole)-1024-512; cut += 331 {
		short := written(t, whole[:cut])
		if _, _, err := lookUp(t, short); err == nil || !strings.Contains(err.Error(), short) {
			t.Fatalf("cut at %d of %d: %v", cut, len(whole), err)
		}
	}
}

func TestFindRefusesAManifestWithAnotherDigest(t *testing.T) {
	path := layoutOf(t, testImage(t, "amd64"), map[string]string{"org.opencontainers.image.ref.name": wantedName})
	data := must(os.ReadFile(path))(t)
	changed := bytes.Replace(data, []byte(`"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest`), []byte(`"schemaVersion":3,"mediaType":"application/vnd.docker.distribution.manifest`), 1)
	if bytes.Equal(data, changed) {
		t.Fatal("nothing was changed")
	}
	if _, _, err := lookUp(t, written(t, changed)); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	image := testImage(f, "amd64")
	f.Add(must(os.ReadFile(saved(f, image, wantedName)))(f))
	f.Add(tarEntries(f, regular("index.json", `{"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"`+digest+`","annotations":{"io.containerd.image.name":"python:3.12-slim"}}]}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if found, _, err := lookUp(t, written(t, data)); err == nil && found != nil {
			_ = tarball.Write(must(name.NewTag(wantedName))(t), found, io.Discard)
		}
	})
}
