package faults

import (
	"net/http"
	"time"
)

// late is after how long an answer comes that comes late.
const late = 30 * time.Second

// timing are the faults of when an engine answers, and whether.
var timing = []Fault{
	{"answer-late", "answers one question 30 seconds late", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		if c.first("late") {
			wait := time.NewTimer(late)
			defer wait.Stop()
			select {
			case <-wait.C:
			case <-c.r.Context().Done():
			}
		}
		c.pass()
	})}},
	{"connection-reset", "breaks one connection off in the middle of an answer", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		said := c.engine()
		if !said.ok() || !c.first("reset") {
			c.reply(said)
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
		if len(c.count("starts")) == 2 { // the first is the one that asks what the engine can do
			refuse(c.w, http.StatusInternalServerError, "something went wrong")
			return
		}
		c.pass()
	})}},
	{"engine-hangs", "never answers when it is asked to create a volume", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.body() // only then does the server notice that the caller has gone
		<-c.r.Context().Done()
	})}},
}
