//go:build !linux

package sandbox

import "errors"

func inode(string) (uint64, error) { return 0, errors.ErrUnsupported }
