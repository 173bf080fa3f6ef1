package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// object is a JSON object of the API.
type object = map[string]any

// call is one call that a fault has to do with.
type call struct {
	*Proxy
	w       http.ResponseWriter
	r       *http.Request
	version string   // of the API, with its slash
	names   []string // what the stars of the rule's path stand for
}

// answer is what the engine said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) ok() bool { return a.status < http.StatusBadRequest }

// object reads the answer as a JSON object.
func (a answer) object() object {
	var read object
	_ = decode(a.body, &read) // what is none has no fields
	return read
}

// pass hands the call to the engine, and the engine's answer to the caller.
func (c *call) pass() { c.relay.ServeHTTP(c.w, c.r) }

// body reads the request's body, which can be read again.
func (c *call) body() []byte {
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		data = nil
	}
	c.setBody(data)
	return data
}

func (c *call) setBody(data []byte) {
	c.r.Body = io.NopCloser(bytes.NewReader(data))
	c.r.ContentLength = int64(len(data))
	c.r.Header.Set("Content-Length", strconv.Itoa(len(data)))
}

// engine makes the call to the engine and keeps the answer back.
func (c *call) engine() answer {
	request := c.r.Clone(c.r.Context())
	request.URL.Scheme, request.URL.Host, request.RequestURI = "http", "engine", ""
	return c.do(request)
}

// ask makes another call to the engine, in the version of this one.
func (c *call) ask(method, path string, query url.Values, body []byte) answer {
	request, err := http.NewRequestWithContext(c.r.Context(), method, "http://engine"+c.version+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return failure(err)
	}
	if len(body) > 0 && body[0] == '{' {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.do(request)
}

// get asks the engine for a JSON object.
func (c *call) get(path string) object { return c.ask(http.MethodGet, path, nil, nil).object() }

// list asks the engine for what its filter leaves.
func (c *call) list(path, filter, value string) answer {
	filters, _ := json.Marshal(map[string][]string{filter: {value}})
	return c.ask(http.MethodGet, path, url.Values{"filters": {string(filters)}, "all": {"1"}}, nil)
}

func (c *call) do(request *http.Request) answer {
	response, err := c.client.Do(request)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return failure(err)
	}
	return answer{response.StatusCode, response.Header, data}
}

func failure(err error) answer {
	data, _ := json.Marshal(object{"message": "the engine behind the proxy: " + err.Error()})
	return answer{http.StatusBadGateway, http.Header{"Content-Type": {"application/json"}}, data}
}

// reply gives the caller an answer.
func (c *call) reply(a answer) {
	header := a.header.Clone()
	for _, hop := range []string{"Content-Length", "Transfer-Encoding", "Connection"} {
		header.Del(hop)
	}
	maps.Copy(c.w.Header(), header)
	c.w.WriteHeader(a.status)
	_, _ = c.w.Write(a.body) // the caller may have gone
}

// say gives the caller an answer of the fault's own.
func (c *call) say(status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		refuse(c.w, http.StatusInternalServerError, err.Error())
		return
	}
	c.reply(answer{status, http.Header{"Content-Type": {"application/json"}}, data})
}

// done is the answer to a deed that has nothing else to say.
func (c *call) done() { c.w.WriteHeader(http.StatusNoContent) }

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"message": message})
}

// telling makes a rule that changes the JSON that the engine answers.
func telling[T any](path string, change func(*call, T) T) rule {
	return on(http.MethodGet, path, func(c *call) {
		said := c.engine()
		var read T
		if said.ok() && decode(said.body, &read) == nil {
			if data, err := json.Marshal(change(c, read)); err == nil {
				said.body = data
			}
		}
		c.reply(said)
	})
}

// decode keeps numbers as they were written.
func decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func text(value any) string {
	said, _ := value.(string)
	return said
}

// objects reads a list of objects.
func objects(value any) (all []object) {
	list, _ := value.([]any)
	for _, one := range list {
		if read, ok := one.(object); ok {
			all = append(all, read)
		}
	}
	return all
}
