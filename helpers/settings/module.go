//go:build !dist

package settings

// Standalone reports whether this program is the single file that `make dist` builds,
// which runs without the repository.
const Standalone = false
