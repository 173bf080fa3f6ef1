package sandbox

import "path/filepath"

// AtRoot is a path as people give it: a relative one is taken from the
// module's root, where they type, and not from the folder a suite runs in.
func AtRoot(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	root, err := moduleRoot()
	return filepath.Join(root, path), err
}
