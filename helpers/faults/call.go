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

// call is a request that a fault handles.
type call struct {
	*Proxy
	w       http.ResponseWriter
	r       *http.Request
	version string   // API version with its leading slash
	names   []string // what the stars of the rule's path matched
}

// answer is a response of the engine.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) ok() bool { return a.status < http.StatusBadRequest }

// object decodes the body. It is empty if the body is not a JSON object.
func (a answer) object() object {
	var decoded object
	_ = decode(a.body, &decoded)
	return decoded
}

// pass forwards the request to the engine and the response to the client.
func (c *call) pass() { c.relay.ServeHTTP(c.w, c.r) }

// body reads the request's body and leaves it readable.
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

// changeBody changes the JSON of the request.
func (c *call) changeBody(change func(object)) {
	body := object{}
	if decode(c.body(), &body) != nil {
		return
	}
	change(body)
	if data, err := json.Marshal(body); err == nil {
		c.setBody(data)
	}
}

// changeQuery changes the query of the request.
func (c *call) changeQuery(change func(url.Values)) {
	query := c.r.URL.Query()
	change(query)
	c.r.URL.RawQuery = query.Encode()
}

// changeFilters changes the filters of a list or a prune.
func (c *call) changeFilters(change func(filters object)) {
	c.changeQuery(func(query url.Values) {
		filters := object{}
		_ = json.Unmarshal([]byte(query.Get("filters")), &filters) // empty without filters
		change(filters)
		data, _ := json.Marshal(filters)
		query.Set("filters", string(data))
	})
}

// engine sends the request to the engine and returns the response.
func (c *call) engine() answer {
	request := c.r.Clone(c.r.Context())
	request.URL.Scheme, request.URL.Host, request.RequestURI = "http", "engine", ""
	return c.send(request)
}

// request sends another request to the engine, with the same API version.
func (c *call) request(method, path string, query url.Values, body []byte) answer {
	request, err := http.NewRequestWithContext(c.r.Context(), method, "http://engine"+c.version+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return failure(err)
	}
	if len(body) > 0 && body[0] == '{' {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.send(request)
}

// get requests a JSON object from the engine.
func (c *call) get(path string) object { return c.request(http.MethodGet, path, nil, nil).object() }

// list requests a filtered list from the engine.
func (c *call) list(path, filter, value string) answer {
	filters, _ := json.Marshal(map[string][]string{filter: {value}})
	return c.request(http.MethodGet, path, url.Values{"filters": {string(filters)}, "all": {"1"}}, nil)
}

// volumes returns the volumes with a label.
func (c *call) volumes(label string) []object {
	return objects(c.list("/volumes", "label", label).object()["Volumes"])
}

// archive returns a path of a container as a tar archive.
func (c *call) archive(container, path string) answer {
	return c.request(http.MethodGet, "/containers/"+container+"/archive", url.Values{"path": {path}}, nil)
}

// extract extracts a tar archive to a path of a container.
func (c *call) extract(container, path string, archive []byte) {
	c.request(http.MethodPut, "/containers/"+container+"/archive", url.Values{"path": {path}}, archive)
}

func (c *call) send(request *http.Request) answer {
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

// reply sends a response to the client.
func (c *call) reply(a answer) {
	header := a.header.Clone()
	for _, hop := range []string{"Content-Length", "Transfer-Encoding", "Connection"} {
		header.Del(hop)
	}
	maps.Copy(c.w.Header(), header)
	c.w.WriteHeader(a.status)
	_, _ = c.w.Write(a.body) // the client may have gone
}

// replyJSON sends a response of the fault's own to the client.
func (c *call) replyJSON(status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		refuse(c.w, http.StatusInternalServerError, err.Error())
		return
	}
	c.reply(answer{status, http.Header{"Content-Type": {"application/json"}}, data})
}

// noContent reports success with an empty response.
func (c *call) noContent() { c.w.WriteHeader(http.StatusNoContent) }

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"message": message})
}

// forward sends the request to the engine and changes the JSON of a successful response.
func forward[T any](c *call, change func(*call, T) T) {
	response := c.engine()
	var decoded T
	if response.ok() && decode(response.body, &decoded) == nil {
		if data, err := json.Marshal(change(c, decoded)); err == nil {
			response.body = data
		}
	}
	c.reply(response)
}

// rewrite returns a rule that changes the JSON that the engine returns for a GET.
func rewrite[T any](path string, change func(*call, T) T) rule {
	return on(http.MethodGet, path, func(c *call) { forward(c, change) })
}

// decode keeps numbers as they were written.
func decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// objects returns the objects in a JSON list.
func objects(value any) (all []object) {
	list, _ := value.([]any)
	for _, element := range list {
		if o, ok := element.(object); ok {
			all = append(all, o)
		}
	}
	return all
}
