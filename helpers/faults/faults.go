// Package faults makes a real engine wrong: a proxy in front of the Docker API
// behaves like an engine with one fault. Requests that the fault does not concern
// pass unchanged, including hijacked streams, chunked bodies and long polls.
package faults

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Fault is one way in which an engine can be wrong.
type Fault struct {
	Name string
	// Does completes the sentence "an engine that ...".
	Does  string
	rules []rule
}

// None is the absence of a fault.
var None = Fault{Name: "none", Does: "does everything right"}

// IsNone reports whether there is no fault.
func (f Fault) IsNone() bool { return f.Name == None.Name }

// All lists every fault.
var All = slices.Concat(mountFaults, tmpfsFaults, removeFaults, pruneFaults, lifecycleFaults, createFaults, inspectFaults, listFaults, outputFaults, latencyFaults,
	bindFaults, readOnlyFaults, refusalFaults, subpathFaults, volumeFaults, anonymousFaults, populationFaults,
	driverFaults, sharingFaults, composeFaults, lieFaults)

// Find returns the fault with that name.
func Find(name string) (Fault, error) {
	for _, fault := range append([]Fault{None}, All...) {
		if fault.Name == name {
			return fault, nil
		}
	}
	return Fault{}, fmt.Errorf("there is no fault named %q", name)
}

// rule handles the requests with one method and path.
type rule struct {
	method string
	path   *regexp.Regexp
	handle func(*call)
}

// on returns a rule. In the path, * matches one segment and ** any number.
func on(method, path string, handle func(*call)) rule {
	pattern := regexp.QuoteMeta(path)
	pattern = strings.ReplaceAll(pattern, `\*\*`, `(.+)`)
	pattern = strings.ReplaceAll(pattern, `\*`, `([^/]+)`)
	return rule{method, regexp.MustCompile(`^(/v[0-9.]+)?` + pattern + `$`), handle}
}

// onSuccess returns a rule that calls then before a successful response of the
// engine is passed on.
func onSuccess(method, path string, then func(*call, answer)) rule {
	return on(method, path, func(c *call) {
		response := c.engine()
		if response.ok() {
			then(c, response)
		}
		c.reply(response)
	})
}

// onQuery returns a rule that changes the query of a request.
func onQuery(method, path string, change func(url.Values)) rule {
	return on(method, path, func(c *call) {
		c.changeQuery(change)
		c.pass()
	})
}

// match reports whether the rule handles a request, and what the stars matched.
func (r rule) match(request *http.Request) (version string, names []string, ok bool) {
	found := r.path.FindStringSubmatch(request.URL.Path)
	if found == nil || request.Method != r.method {
		return "", nil, false
	}
	return found[1], found[2:], true
}
