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

// lock keeps other processes from the same work, until the function that it
// returns is called or this process ends.
func lock(ctx context.Context, cache, kind string, what ...string) (func(), error) {
	folder := filepath.Join(cache, "images", "locks")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for image locks (HOLDFAST_CACHE names another cache): %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", what))
	path := filepath.Join(folder, fmt.Sprintf("%s-%x", kind, sum[:8]))
	file := flock.New(path)
	if _, err := file.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for another process that gets the same image (%v, lock %s): %w", what, path, err)
	}
	return func() { _ = file.Unlock() }, nil
}
