package faults

import (
	"net/http"
	"regexp"
	"time"
)

// Slow is an engine that is right, and takes that much longer for every call.
func Slow(by time.Duration) Fault {
	fault := Fault{Name: "slow", Does: "takes " + by.String() + " more for every call"}
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		fault.rules = append(fault.rules, on(method, "/**", func(c *call) {
			wait := time.NewTimer(by)
			defer wait.Stop()
			select {
			case <-wait.C:
				c.pass()
			case <-c.r.Context().Done():
			}
		}))
	}
	return fault
}

// Leaping is an engine whose clock leaps ahead by that much each time that a
// container is created. What it says of times before stays as it was.
func Leaping(by time.Duration) Fault {
	fault := Fault{Name: "leaping", Does: "has a clock that leaps " + by.String() + " ahead for each container", rules: []rule{
		on(http.MethodPost, "/containers/create", func(c *call) {
			c.note("leaps", time.Now().Format(time.RFC3339Nano))
			c.pass()
		}),
		on(http.MethodPost, "/volumes/create", func(c *call) { c.reply(c.leapt(c.engine(), by)) }),
	}}
	for _, path := range []string{"/info", "/containers/*/json", "/volumes/*", "/volumes", "/images/**", "/networks/*"} {
		fault.rules = append(fault.rules, on(http.MethodGet, path, func(c *call) { c.reply(c.leapt(c.engine(), by)) }))
	}
	return fault
}

var stamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)

// leapt is an answer with the times as a leaping clock would have them.
func (c *call) leapt(said answer, by time.Duration) answer {
	var leaps []time.Time
	for _, text := range c.noted("leaps") {
		leap, _ := time.Parse(time.RFC3339Nano, text) // as it was written
		leaps = append(leaps, leap)
	}
	said.body = stamp.ReplaceAllFunc(said.body, func(text []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, string(text))
		if err != nil {
			return text
		}
		layout, ahead := time.RFC3339Nano, time.Duration(0)
		for _, leap := range leaps {
			if !at.Before(leap) {
				ahead += by
			}
		}
		if at.Nanosecond() == 0 {
			layout = time.RFC3339
		}
		return []byte(at.Add(ahead).Format(layout))
	})
	return said
}
