package faults

import (
	"archive/tar"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestMountsOfFirstContents(t *testing.T) {
	for name, c := range map[string]struct{ fault, asked, want string }{
		"a hidden child": {"nested-mount-hidden", `{"HostConfig":{"Binds":["c:/p/c","p:/p","c:/part"]}}`, `{"HostConfig":{"Binds":["p:/p","c:/part"],"Mounts":[]}}`},
		"a child in both": {"nested-mount-in-parent", `{"HostConfig":{"Binds":["c:/p/c","p:/p","p:/whole"]}}`,
			`{"HostConfig":{"Binds":["c:/p/c","p:/p","p:/whole","c:/whole/c"],"Mounts":[]}}`},
		"a bind's mode":        {"copy-modes-of-binds-unchecked", `{"HostConfig":{"Binds":["/h:/b:nocopy","v:/v:nocopy"]}}`, `{"HostConfig":{"Binds":["/h:/b","v:/v:nocopy"],"Mounts":[]}}`},
		"a mode of another":    {"copy-modes-of-volumes-from-unchecked", `{"HostConfig":{"VolumesFrom":["a:copy","b:ro"]}}`, `{"HostConfig":{"Binds":[],"Mounts":[],"VolumesFrom":["a","b:ro"]}}`},
		"a long nocopy":        {"nocopy-mount-ignored", `{"HostConfig":{"Binds":["v:/v:nocopy"],"Mounts":[{"Type":"volume","Source":"w","Target":"/w","VolumeOptions":{"NoCopy":true}}]}}`, `{"HostConfig":{"Binds":["v:/v:nocopy"],"Mounts":[{"Source":"w","Target":"/w","Type":"volume","VolumeOptions":{}}]}}`},
		"a read-only volume":   {"read-only-volume-not-filled", `{"HostConfig":{"Binds":["v:/v:ro","w:/w"]}}`, `{"HostConfig":{"Binds":["v:/v:ro,nocopy","w:/w"],"Mounts":[]}}`},
		"--rm that is ignored": {"auto-removal-takes-named", `{"HostConfig":{"AutoRemove":true}}`, `{"HostConfig":{"AutoRemove":false,"Binds":[],"Mounts":[]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			client := clientOf(t, c.fault, func(w http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				got = string(data)
				_, _ = io.WriteString(w, `{}`)
			})
			response, err := client.Post("http://engine/v1.45/containers/create", "application/json", strings.NewReader(c.asked))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCopiesAreChanged(t *testing.T) {
	archive := func(names ...string) []byte {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		for _, name := range names {
			if err := w.WriteHeader(&tar.Header{Name: name, Uid: 1000, Size: 1, Typeflag: tar.TypeReg, PAXRecords: map[string]string{"SCHILY.xattr.user.a": "b"}}); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(w, "x")
		}
		_ = w.Close()
		return out.Bytes()
	}
	for names, alone := range map[string]bool{"v": true, "v v/f": false} {
		all := archive(strings.Fields(names)...)
		out := changed(all, func(h *tar.Header, only bool) bool {
			if only != alone {
				t.Errorf("%s: alone %t", names, only)
			}
			h.Uid, h.PAXRecords = 0, nil
			return true
		})
		if none := changed(all, func(*tar.Header, bool) bool { return false }); entries(none) > 0 {
			t.Errorf("%s: %d unchanged entries", names, entries(none))
		}
		if entries(out) != entries(all) {
			t.Errorf("%s: %d entries of %d", names, entries(out), entries(all))
		}
		if h, err := tar.NewReader(bytes.NewReader(out)).Next(); err != nil || h.Uid != 0 || len(h.PAXRecords) > 0 {
			t.Errorf("%+v, %v", h, err)
		}
	}
}

func TestLinesAreDropped(t *testing.T) {
	stream := dropLines(io.NopCloser(strings.NewReader("a\nb c\nd")), "b ")
	if got, err := io.ReadAll(stream); err != nil || string(got) != "a\nd" {
		t.Errorf("%q, %v", got, err)
	}
}
