package faults

import (
	"net/http"
	"regexp"
	"time"
)

// Slow returns an engine that is right, but delays every request.
func Slow(by time.Duration) Fault {
	fault := Fault{Name: "slow", Does: "takes " + by.String() + " longer for every request"}
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		fault.rules = append(fault.rules, on(method, "/**", func(c *call) {
			if wait(c.r.Context(), by) {
				c.pass()
			}
		}))
	}
	return fault
}

// ClockJumps returns an engine whose clock jumps ahead whenever a container is
// created. Earlier timestamps stay as they were.
func ClockJumps(by time.Duration) Fault {
	fault := Fault{Name: "clock-jumps", Does: "has a clock that jumps " + by.String() + " ahead for each container", rules: []rule{
		on(http.MethodPost, "/containers/create", func(c *call) {
			c.add("jumps", time.Now().Format(time.RFC3339Nano))
			c.pass()
		}),
		on(http.MethodPost, "/volumes/create", func(c *call) { c.reply(c.shiftTimes(c.engine(), by)) }),
	}}
	for _, path := range []string{"/info", "/containers/*/json", "/volumes/*", "/volumes", "/images/**", "/networks/*"} {
		fault.rules = append(fault.rules, on(http.MethodGet, path, func(c *call) { c.reply(c.shiftTimes(c.engine(), by)) }))
	}
	return fault
}

var timestamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)

// shiftTimes returns the response with the times of the jumping clock.
func (c *call) shiftTimes(response answer, by time.Duration) answer {
	var jumps []time.Time
	for _, text := range c.noted("jumps") {
		jump, _ := time.Parse(time.RFC3339Nano, text) // written by ClockJumps
		jumps = append(jumps, jump)
	}
	response.body = timestamp.ReplaceAllFunc(response.body, func(text []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, string(text))
		if err != nil {
			return text
		}
		layout, ahead := time.RFC3339Nano, time.Duration(0)
		for _, jump := range jumps {
			if !at.Before(jump) {
				ahead += by
			}
		}
		if at.Nanosecond() == 0 {
			layout = time.RFC3339
		}
		return []byte(at.Add(ahead).Format(layout))
	})
	return response
}
