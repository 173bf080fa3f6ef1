package run

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestWorkDirsOfDeadRunsAreRemoved(t *testing.T) {
	r := newRun(t)
	t.Setenv(settings.Work.Name, t.TempDir())
	parent := settings.Work.Get()
	dead := strings.Replace(newID(), r.ID[:8], "20200101", 1)
	for _, name := range []string{r.ID, dead, "user's", dead + ".bak"} {
		if err := os.MkdirAll(filepath.Join(parent, name, "below"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.sweepWorkDirs(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]bool{r.ID: true, dead: false, "user's": true, dead + ".bak": true} {
		if _, err := os.Stat(filepath.Join(parent, name)); (err == nil) != kept {
			t.Errorf("%s: kept %t", name, !kept)
		}
	}
}

func TestAWorkDirWithoutRoomIsNamed(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(settings.Work.Name, blocked)
	if _, err := makeWorkDir(newID()); err == nil || !strings.Contains(err.Error(), settings.Work.Name) {
		t.Errorf("%v", err)
	}
	t.Setenv(settings.Work.Name, t.TempDir())
	dir, err := makeWorkDir(newID())
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{WorkDir: dir}
	if err := r.checkWorkDir(); err != nil {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the check left %v", left)
	}
	if err := r.RemoveDir(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if err := r.checkWorkDir(); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("%v", err)
	}
}

func TestWithoutASettingTheWorkDirIsAmongTheReports(t *testing.T) {
	t.Setenv(settings.Work.Name, "")
	parent, err := workParent()
	if err != nil || !filepath.IsAbs(parent) || !strings.HasSuffix(filepath.ToSlash(parent), "/reports/out/work") {
		t.Errorf("%s, %v", parent, err)
	}
	root := filepath.Dir(filepath.Dir(filepath.Dir(parent)))
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Errorf("%s is not the module's root: %v", root, err)
	}
}
