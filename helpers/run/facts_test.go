package run

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/probe"
)

func TestRootUser(t *testing.T) {
	for uidMap, want := range map[string]int{
		"         0          0 4294967295\n":              0,
		"         0       1000          1\n 1 100000 5\n": 1000,
		"0 231072 65536": 231072,
		"1 1000 1\n":     -1,
		"":               -1,
		"garbled":        -1,
	} {
		if got, err := rootUser(uidMap); got != want || (err == nil) != (want >= 0) {
			t.Errorf("%q: user %d, %v, not %d", uidMap, got, err, want)
		}
	}
}

func TestSameFileComparesInodeAndDevice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marker")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	here := fileops.NewSession().Do(fileops.Status(path))[0].Stat
	if here == nil || here.Inode == 0 {
		t.Skip("this system has no inode numbers")
	}
	for name, c := range map[string]struct {
		there any
		want  bool
	}{
		"the same file":          {probe.Status{Inode: here.Inode, Device: here.Device}, true},
		"virtiofs keeps inodes":  {probe.Status{Inode: here.Inode, Device: here.Device + 1}, false},
		"sshfs gives its own":    {probe.Status{Inode: here.Inode + 1, Device: here.Device}, false},
		"no status at all":       {nil, false},
		"something else printed": {"stat: refused", false},
	} {
		printed, err := json.Marshal(c.there)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameFile(path, printed); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if sameFile(path+".missing", []byte("{}")) {
		t.Error("a missing file is the same as one without inode and device")
	}
}
