//go:build !linux

package engine

import "fmt"

func inNamespace(path string, _ func() error) error {
	return fmt.Errorf("%s: network namespaces exist on Linux only", path)
}
