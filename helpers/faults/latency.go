package faults

import (
	"context"
	"net/http"
	"time"
)

// latencyFaults concern when an engine answers, and whether it does.
var latencyFaults = []Fault{
	{"answer-late", "answers one request 30 seconds late", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		if c.count("late") == 1 {
			wait(c.r.Context(), 30*time.Second)
		}
		c.pass()
	})}},
	{"connection-reset", "closes one connection in the middle of a response", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		response := c.engine()
		if !response.ok() || c.count("reset") > 1 {
			c.reply(response)
			return
		}
		connection, buffer, err := http.NewResponseController(c.w).Hijack()
		if err != nil {
			refuse(c.w, http.StatusInternalServerError, err.Error())
			return
		}
		_, _ = buffer.WriteString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"Name\":")
		_ = buffer.Flush()
		_ = connection.Close()
	})}},
	{"one-internal-error", "answers one start of a container with 500", []rule{on(http.MethodPost, "/containers/*/start", func(c *call) {
		if c.count("starts") == 2 { // the first start reads the engine's facts
			refuse(c.w, http.StatusInternalServerError, "something went wrong")
			return
		}
		c.pass()
	})}},
	{"engine-hangs", "never answers a request to create a volume", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.body() // the server notices only then that the client has gone
		<-c.r.Context().Done()
	})}},
}

// wait waits, and returns false if ctx ends first.
func wait(ctx context.Context, span time.Duration) bool {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
