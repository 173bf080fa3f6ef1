package walk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// home opens the student's home folder: what is done there cannot lead out of
// it, whatever links the student has made.
func (w *Walker) home(do func(*os.Root) error) error {
	root, err := os.OpenRoot(w.desk.Home)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

// local is a path of the walk file as seen from the home folder.
func local(name string) string {
	return filepath.Clean(strings.TrimPrefix(strings.TrimPrefix(name, "~"), "/"))
}

func (w *Walker) mkdir(folder string) error {
	return w.home(func(root *os.Root) error { return root.MkdirAll(local(folder), 0o755) })
}

func (w *Walker) write(to string, data []byte) error {
	if err := w.mkdir(filepath.Dir(to)); err != nil {
		return err
	}
	return w.home(func(root *os.Root) error { return root.WriteFile(local(to), data, 0o644) })
}

func (w *Walker) give(gives []Give) error {
	for _, give := range gives {
		data := []byte(give.Text)
		if give.From != "" {
			var err error
			if data, err = fs.ReadFile(w.projects, give.From); err != nil {
				return fmt.Errorf("the file for %s: %w", give.To, err)
			}
		}
		if err := w.write(give.To, data); err != nil {
			return err
		}
	}
	return nil
}

// edit puts a fragment in the place of as many lines, from the one on that it
// begins with. The file keeps its place on the disk, as `nano` would have it.
func (w *Walker) edit(to, fragment string) error {
	var data []byte
	err := w.home(func(root *os.Root) (err error) {
		data, err = root.ReadFile(local(to))
		return err
	})
	if err != nil {
		return err
	}
	old, fresh := strings.SplitAfter(string(data), "\n"), strings.SplitAfter(strings.TrimRight(fragment, "\n")+"\n", "\n")
	fresh = fresh[:len(fresh)-1]
	at := slices.Index(old, fresh[0])
	if at < 0 || at+len(fresh) > len(old) {
		return fmt.Errorf("%s has no line %q at which the edit could begin", to, strings.TrimSpace(fresh[0]))
	}
	copy(old[at:], fresh)
	return w.write(to, []byte(strings.Join(old, "")))
}
