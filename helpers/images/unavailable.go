package images

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnavailable is matched by the error of Ensure if no source has the image.
// Claims that need it are then unverified, not failed.
var ErrUnavailable = errors.New("image unavailable")

// Step is a source that was tried, and the result.
type Step struct{ Name, Result string }

// Unavailable lists why each source failed.
type Unavailable struct {
	Wanted, Engine string
	Steps          []Step
}

// Error lists the steps and the remedies.
func (u *Unavailable) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "image %s is not available on %s:", u.Wanted, u.Engine)
	for _, step := range u.Steps {
		fmt.Fprintf(&out, " %s: %s;", step.Name, strings.TrimRight(step.Result, ".;\n "))
	}
	out.WriteString(" to provide it, run `docker pull`, set HOLDFAST_REGISTRY_MIRROR, or put a `docker save` archive of it into the directory HOLDFAST_IMAGES")
	return out.String()
}

// Is reports whether target is ErrUnavailable.
func (u *Unavailable) Is(target error) bool { return target == ErrUnavailable }
