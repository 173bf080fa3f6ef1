package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/settings"
)

func TestCheckText(t *testing.T) {
	original, err := library.Original(library.Main())
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(original.Source), "Remove all unused volumes:", "Remove each unused volume:", 1) + "\nTmpfs mounts are slow. See [here](nowhere.md).\n"
	path := filepath.Join(t.TempDir(), "copy.md")
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if accurate, err := checkText(&out); err != nil || !accurate {
		t.Errorf("the lesson as it is: %v\n%s", err, &out)
	}
	t.Setenv(settings.Lesson.Name, path)
	out.Reset()
	accurate, err := checkText(&out)
	if err != nil || accurate {
		t.Errorf("accurate: %t, %v", accurate, err)
	}
	for _, want := range []string{":282: volumes/", "Tmpfs mounts are slow.", `"nowhere.md" leads to no file`, "5 findings"} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("%q is not printed once:\n%s", want, &out)
		}
	}
}
