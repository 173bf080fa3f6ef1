package images

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnavailable is what errors.Is finds where the chain ended without an
// image: a reason to leave claims unverified, not a failure.
var ErrUnavailable = errors.New("image unavailable")

// Step is one link of the chain and what came back from it.
type Step struct{ Name, Result string }

// Unavailable tells how every link of the chain failed.
type Unavailable struct {
	Wanted, Engine string
	Steps          []Step
}

// Error lists the steps, and what a reader can do.
func (u *Unavailable) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "image %s is not to be had on %s:", u.Wanted, u.Engine)
	for _, step := range u.Steps {
		fmt.Fprintf(&out, " %s: %s;", step.Name, strings.TrimRight(step.Result, ".;\n "))
	}
	out.WriteString(" what helps: docker pull it, set HOLDFAST_REGISTRY_MIRROR, or put a `docker save` archive of it into the folder HOLDFAST_IMAGES")
	return out.String()
}

// Is makes errors.Is(err, ErrUnavailable) true.
func (u *Unavailable) Is(target error) bool { return target == ErrUnavailable }
