package images

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lock excludes other processes from the same work until unlock is called or
// this process ends.
func lock(ctx context.Context, cache, kind string, what ...string) (unlock func(), err error) {
	dir := filepath.Join(cache, "images", "locks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating the directory for image locks (HOLDFAST_CACHE sets another cache): %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", what))
	path := filepath.Join(dir, fmt.Sprintf("%s-%x", kind, sum[:8]))
	file := flock.New(path)
	if _, err := file.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for the process that gets the same image (%v, lock %s): %w", what, path, err)
	}
	return func() { _ = file.Unlock() }, nil
}
