//go:build dist

package probe

import (
	"compress/gzip"
	"context"
	"embed"
	"fmt"
	"io"
)

// built holds the programs that `make dist` builds first. They are not in the
// repository: the build adds them with -overlay.
//
//go:embed built/*
var built embed.FS

// executable returns the probe for the engine's architecture.
func executable(_ context.Context, arch string) ([]byte, error) {
	packed, err := built.Open("built/" + arch + ".gz")
	if err != nil {
		return nil, fmt.Errorf("this file has no probe for engines on %s: run Holdfast from a clone, with Go: %w", arch, err)
	}
	defer packed.Close()
	program, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("unpacking the probe: %w", err)
	}
	return io.ReadAll(program)
}
