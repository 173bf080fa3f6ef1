//go:build !linux

package sandbox

import "errors"

func owner(string) (int, error) { return 0, errors.ErrUnsupported }
