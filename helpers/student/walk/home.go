package walk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// inHome calls do with the student's home directory. os.Root keeps it inside of that,
// whatever links the student has made.
func (w *Walker) inHome(do func(*os.Root) error) error {
	root, err := os.OpenRoot(w.session.Home)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

// relative converts a path of the walk file, such as ~/app, to one relative to home.
func relative(name string) string {
	return filepath.Clean(strings.TrimPrefix(strings.TrimPrefix(name, "~"), "/"))
}

func (w *Walker) mkdir(dir string) error {
	return w.inHome(func(root *os.Root) error { return root.MkdirAll(relative(dir), 0o755) })
}

func (w *Walker) write(to string, data []byte) error {
	return w.inHome(func(root *os.Root) error {
		if err := root.MkdirAll(filepath.Dir(relative(to)), 0o755); err != nil {
			return err
		}
		return root.WriteFile(relative(to), data, 0o644)
	})
}

func (w *Walker) provide(files []Provided) error {
	for _, file := range files {
		data := []byte(file.Text)
		if file.From != "" {
			var err error
			if data, err = fs.ReadFile(w.projects, file.From); err != nil {
				return fmt.Errorf("the file for %s: %w", file.To, err)
			}
		}
		if err := w.write(file.To, data); err != nil {
			return err
		}
	}
	return nil
}

// edit replaces lines of a file by a fragment of as many lines. It starts at the line
// that equals the fragment's first one, and keeps the file's inode, as nano does.
func (w *Walker) edit(to, fragment string) error {
	var data []byte
	err := w.inHome(func(root *os.Root) (err error) {
		data, err = root.ReadFile(relative(to))
		return err
	})
	if err != nil {
		return err
	}
	lines, edited := strings.SplitAfter(string(data), "\n"), strings.SplitAfter(strings.TrimRight(fragment, "\n")+"\n", "\n")
	edited = edited[:len(edited)-1]
	at := slices.Index(lines, edited[0])
	if at < 0 || at+len(edited) > len(lines) {
		return fmt.Errorf("%s has no line %q where the edit could start", to, strings.TrimSpace(edited[0]))
	}
	copy(lines[at:], edited)
	return w.write(to, []byte(strings.Join(lines, "")))
}
