//go:build !linux

package engine

import "fmt"

// InNamespace fails: network namespaces exist on Linux only.
func InNamespace(path string, _ func() error) error {
	return fmt.Errorf("%s: network namespaces exist on Linux only", path)
}
