package images

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestTrimKeepsWhatProgramsNeedAndMakesPythonAnswer(t *testing.T) {
	status := "Package: python3\nVersion: 3.13.5-1\n\nPackage: uvicorn\nVersion: 1:0.32.0+dfsg-3\n"
	from := tarEntries(t,
		tarEntry{tar.Header{Typeflag: tar.TypeDir, Name: "./"}, ""},
		regular("./dev/null", ""), regular("./etc/resolv.conf", "nameserver"), regular("./etc/debian_version", "13.7\n"),
		tarEntry{tar.Header{Typeflag: tar.TypeDir, Name: "./var/cache/apt/"}, ""}, regular("./var/cache/apt/pkgcache.bin", "x"),
		regular("./usr/lib/python3.13/EXTERNALLY-MANAGED", "x"), regular("./usr/lib/python3.13/os.py", "x"),
		regular("./usr/share/doc/bash/copyright", "x"), regular("./usr/share/doc/bash/README", "x"),
		regular("./usr/share/zoneinfo/Etc/UTC", "x"), regular("./usr/share/zoneinfo/Europe/Bern", "x"),
		regular("./developer/file", "x"),
		regular("./var/lib/dpkg/status", status),
	)
	var to bytes.Buffer
	found := must(trim(bytes.NewReader(from), &to))(t)
	if found.debian != "13.7" || found.versions["python3"] != "3.13.5" || found.versions["uvicorn"] != "0.32.0" {
		t.Errorf("learnt %+v", found)
	}
	var names []string
	for r := tar.NewReader(&to); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
	want := []string{"etc/debian_version", "var/cache/apt/", "usr/lib/python3.13/os.py", "usr/share/doc/bash/copyright",
		"usr/share/zoneinfo/Etc/UTC", "developer/file", "var/lib/dpkg/status", "usr/local/bin/python"}
	if !slices.Equal(names, want) {
		t.Errorf("kept %v", names)
	}
}

func TestARootFileSystemThatIsNotWholeIsRefused(t *testing.T) {
	whole := tarEntries(t, regular("./etc/debian_version", "13.7\n"), regular("./var/lib/dpkg/status", "Package: python3\nVersion: 3\n"))
	for says, data := range map[string][]byte{
		"reading":    whole[:1100],
		"no python3": tarEntries(t, regular("./etc/debian_version", "13.7\n")),
	} {
		base := t.TempDir() + "/root"
		if err := saveRootfs(base, bytes.NewReader(data)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
		if readRootfs(base) != nil {
			t.Error("what was not whole is in the cache")
		}
	}
	base := t.TempDir() + "/root"
	if err := saveRootfs(base, bytes.NewReader(whole)); err != nil || readRootfs(base) == nil {
		t.Errorf("a whole one was not taken: %v", err)
	}
}
