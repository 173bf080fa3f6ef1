package images

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const wantedName = "python:3.12-slim"

// layoutOf writes an OCI image layout whose one entry bears the annotations.
func layoutOf(t testing.TB, image any, annotations map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	at := must(layout.Write(folder, empty.Index))(t)
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
	return tarFolder(t, folder)
}

func TestArchivesGiveTheImageThatTheyHold(t *testing.T) {
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
			found, names, err := find(path, must(parse(wantedName))(t), amd64)
			if err != nil || found == nil {
				t.Fatalf("not found among %v: %v", names, err)
			}
			defer found.close()
			sameImage(t, found.bundle, image)
		})
	}
}

// sameImage writes the bundle and reads it back as an engine would.
func sameImage(t *testing.T, found bundle, want v1.Image) {
	t.Helper()
	var out bytes.Buffer
	if err := found.write(&out, wantedName); err != nil {
		t.Fatal(err)
	}
	got := must(tarball.Image(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.Bytes())), nil }, nil))(t)
	if got, want := must(got.ConfigName())(t), must(want.ConfigName())(t); got != want {
		t.Errorf("the image is %s, not %s", got, want)
	}
	wantLayers := must(want.Layers())(t)
	for i, layer := range must(got.Layers())(t) {
		if got, want := must(layer.DiffID())(t), must(wantLayers[i].DiffID())(t); got != want {
			t.Errorf("layer %d is %s, not %s", i, got, want)
		}
	}
}

func TestArchivesWithoutTheImageNameWhatTheyHold(t *testing.T) {
	path := saved(t, testImage(t, "amd64"), "python:3.13-slim")
	found, names, err := find(path, must(parse(wantedName))(t), amd64)
	if found != nil || err != nil || len(names) != 1 || !strings.Contains(names[0], "python:3.13-slim") {
		t.Errorf("found %v among %v: %v", found, names, err)
	}
}

func TestArchivesForAnotherPlatformAreRefused(t *testing.T) {
	other := testImage(t, "arm64")
	for _, path := range []string{
		saved(t, other, wantedName),
		layoutOf(t, other, map[string]string{"org.opencontainers.image.ref.name": wantedName}),
		layoutOf(t, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: other, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}}),
			map[string]string{"org.opencontainers.image.ref.name": wantedName}),
	} {
		if _, _, err := find(path, must(parse(wantedName))(t), amd64); err == nil || !strings.Contains(err.Error(), "arm64") || !strings.Contains(err.Error(), path) {
			t.Errorf("an image for arm64 on amd64: %v", err)
		}
	}
}

func TestHostileAndBrokenArchivesAreRefused(t *testing.T) {
	link := func(kind byte, name, target string) tarEntry {
		return tarEntry{tar.Header{Typeflag: kind, Name: name, Linkname: target}, ""}
	}
	const manifest = `[{"Config":"c.json","RepoTags":["python:3.12-slim"],"Layers":["l.tar"]}]`
	for _, test := range []struct {
		says    string
		entries []tarEntry
	}{
		{"reaches out", []tarEntry{regular("../../etc/passwd", "x")}},
		{"reaches out", []tarEntry{regular("blobs/../../x", "x")}},
		{"reaches out", []tarEntry{regular("/etc/passwd", "x")}},
		{"reaches out", []tarEntry{regular(`..\x`, "x")}},
		{"points out", []tarEntry{link(tar.TypeSymlink, "a", "/etc/shadow")}},
		{"points out", []tarEntry{link(tar.TypeSymlink, "d/a", "../../x")}},
		{"points out", []tarEntry{link(tar.TypeLink, "a", "../x")}},
		{"neither file", []tarEntry{{tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"}, ""}}},
		{"without an end", []tarEntry{regular("manifest.json", manifest), link(tar.TypeSymlink, "c.json", "c2"), link(tar.TypeSymlink, "c2", "c.json")}},
		{"c.json is missing", []tarEntry{regular("manifest.json", manifest)}},
		{"l.tar is missing", []tarEntry{regular("manifest.json", manifest), regular("c.json", "{}")}},
		{"manifest.json", []tarEntry{regular("manifest.json", "nonsense")}},
		{"no image archive", []tarEntry{regular("readme", "hello")}},
	} {
		path := written(t, tarEntries(t, test.entries...))
		_, _, err := find(path, must(parse(wantedName))(t), amd64)
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("want %q naming the file, got %v", test.says, err)
		}
	}
	for says, data := range map[string]string{"compressed": "\x1f\x8b\x08\x00\x00", "empty": "", "no tar archive": strings.Repeat("nonsense", 1000)} {
		if _, err := openTar(written(t, []byte(data))); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
}

// Docker before 25 saved a layer that two images share as a link to the first.
func TestLinksWithinAnArchiveAreFollowed(t *testing.T) {
	path := written(t, tarEntries(t,
		regular("a/layer.tar", "content"),
		tarEntry{tar.Header{Typeflag: tar.TypeSymlink, Name: "b/layer.tar", Linkname: "../a/layer.tar"}, ""}))
	archive := must(openTar(path))(t)
	defer archive.Close()
	if data := must(archive.read("b/layer.tar"))(t); string(data) != "content" {
		t.Errorf("read %q", data)
	}
}

func TestATruncatedArchiveIsNamed(t *testing.T) {
	path := saved(t, testImage(t, "amd64"), wantedName)
	whole := must(os.ReadFile(path))(t)
	// Every cut before the two closing blocks loses something.
	for cut := 100; cut < len(whole)-1024-512; cut += 331 {
		short := written(t, whole[:cut])
		found, _, err := find(short, must(parse(wantedName))(t), amd64)
		if err == nil {
			if found != nil {
				found.close()
			}
			t.Fatalf("cut at %d of %d: no error", cut, len(whole))
		}
		if !strings.Contains(err.Error(), short) {
			t.Errorf("cut at %d: the error does not name the file: %v", cut, err)
		}
	}
}

func TestAManifestThatIsNotWhatItsDigestSaysIsRefused(t *testing.T) {
	path := layoutOf(t, testImage(t, "amd64"), map[string]string{"org.opencontainers.image.ref.name": wantedName})
	data := must(os.ReadFile(path))(t)
	changed := bytes.Replace(data, []byte(`"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest`), []byte(`"schemaVersion":3,"mediaType":"application/vnd.docker.distribution.manifest`), 1)
	if bytes.Equal(data, changed) {
		t.Fatal("nothing was changed")
	}
	if _, _, err := find(written(t, changed), must(parse(wantedName))(t), amd64); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	image := testImage(f, "amd64")
	f.Add(must(os.ReadFile(saved(f, image, wantedName)))(f))
	f.Add(tarEntries(f, regular("index.json", `{"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"`+digest+`","annotations":{"io.containerd.image.name":"python:3.12-slim"}}]}`)))
	wanted := must(parse(wantedName))(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		archive, err := listTar(struct {
			*bytes.Reader
			io.Closer
		}{bytes.NewReader(data), nil})
		if err != nil {
			return
		}
		found, _, err := archive.find(wanted, amd64)
		if err == nil && found != nil {
			_ = found.write(io.Discard)
		}
	})
}
