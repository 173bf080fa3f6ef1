package strategy

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"
)

func archived(t *testing.T, files map[string][]byte) io.Reader {
	t.Helper()
	var all bytes.Buffer
	w := tar.NewWriter(&all)
	for name, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &all
}

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCompressedLayersAreSearched(t *testing.T) {
	long := strings.Repeat("x", 1<<20-3) // the text lies across two reads
	found, size, err := inArchive(archived(t, map[string][]byte{
		"manifest.json": []byte(`{"plainly": true}`), "blobs/1": compressed(t, long+"hidden"), "short": []byte("x"), "none": nil,
	}), []string{"plainly", "hidden", "absent"})
	slices.Sort(found)
	if err != nil || !slices.Equal(found, []string{"hidden", "plainly"}) || size < 1<<20 {
		t.Errorf("found %q in %d bytes: %v", found, size, err)
	}
}

func TestAnImageThatCannotBeSearchedIsAnError(t *testing.T) {
	for name, content := range map[string][]byte{
		"zstd": {0x28, 0xb5, 0x2f, 0xfd, 0}, "cut off": compressed(t, strings.Repeat("secret ", 99))[:20],
	} {
		if _, _, err := inArchive(archived(t, map[string][]byte{"blob": content}), []string{"secret"}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, _, err := inArchive(strings.NewReader("no archive"), []string{"secret"}); err == nil {
		t.Error("no error for a file that is not an archive")
	}
}
