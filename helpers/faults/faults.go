// Package faults makes a real engine wrong: a proxy on the Docker API that
// behaves as an engine would that is broken in one named way. Whatever the
// fault is not about goes through untouched, hijacked streams, chunked bodies
// and long polls included.
package faults

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Fault is one way in which an engine can be wrong.
type Fault struct {
	Name string
	// Does says in one line what the broken engine does.
	Does  string
	rules []rule
}

// None is a proxy's fault where it has none.
var None = Fault{Name: "none", Does: "does all that it is asked to"}

// IsNone tells whether there is no fault.
func (f Fault) IsNone() bool { return len(f.rules) == 0 }

// All lists every fault.
var All = slices.Concat(mounting, inMemory, removing, pruning, living, creating, showing, listing, printing, timing)

// Find finds a fault by its name.
func Find(name string) (Fault, error) {
	for _, fault := range append([]Fault{None}, All...) {
		if fault.Name == name {
			return fault, nil
		}
	}
	return Fault{}, fmt.Errorf("no fault is named %q", name)
}

// rule is what a fault does with one kind of call.
type rule struct {
	method string
	path   *regexp.Regexp
	do     func(*call)
}

// on makes a rule for the calls of a method to a path: a star stands for one
// part of it, two stars for any number.
func on(method, path string, do func(*call)) rule {
	pattern := regexp.QuoteMeta(path)
	pattern = strings.ReplaceAll(pattern, `\*\*`, `(.+)`)
	pattern = strings.ReplaceAll(pattern, `\*`, `([^/]+)`)
	return rule{method, regexp.MustCompile(`^(/v[0-9.]+)?` + pattern + `$`), do}
}

// match tells whether the rule is about a request, and what its stars stand for.
func (r rule) match(request *http.Request) (version string, names []string, ok bool) {
	found := r.path.FindStringSubmatch(request.URL.Path)
	if found == nil || request.Method != r.method {
		return "", nil, false
	}
	return found[1], found[2:], true
}
