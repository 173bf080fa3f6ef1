package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDescribeRootfs(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "root")
	files := func(status string) {
		for name, content := range map[string]string{"root.tar": "layer", "debian_version": "13.7\n", "status": status} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	files("Package: uvicorn\nVersion: 1:0.32.0+dfsg-3\n")
	if err := describeRootfs(base, digest, dir, "python3"); err == nil || !strings.Contains(err.Error(), "no python3") || readRootfs(base) != nil {
		t.Errorf("a root file system without python3: %v", err)
	}
	files("Package: python3\nVersion: 3.13.5-1\n\nPackage: uvicorn\nVersion: 1:0.32.0+dfsg-3\n")
	if err := describeRootfs(base, digest, dir, "python3"); err != nil {
		t.Fatal(err)
	}
	found := readRootfs(base)
	if found == nil || found.Debian != "13.7" || found.Versions["python3"] != "3.13.5" || found.Versions["uvicorn"] != "0.32.0" || found.Size != 5 {
		t.Errorf("read back %+v", found)
	}
	if err := os.Truncate(base+".tar", 2); err != nil || readRootfs(base) != nil {
		t.Errorf("a truncated layer was accepted (%v)", err)
	}
}
