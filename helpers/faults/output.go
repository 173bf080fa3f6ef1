package faults

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
)

// outputFaults concern what comes out of containers: exit codes, logs and files.
var outputFaults = []Fault{
	{"exit-code-lost", "reports exit code 0 for every container", []rule{on(http.MethodPost, "/containers/*/wait", func(c *call) {
		forward(c, func(_ *call, ended object) object {
			ended["StatusCode"] = 0
			return ended
		})
	})}},
	{"exec-exit-code-lost", "reports exit code 0 for every exec", []rule{rewrite("/exec/*/json", func(_ *call, exec object) object {
		exec["ExitCode"] = 0
		return exec
	})}},
	{"exec-exit-code-wrong", "reports exit code 1 for every exec", []rule{rewrite("/exec/*/json", func(_ *call, exec object) object {
		exec["ExitCode"] = 1
		return exec
	})}},
	{"logs-cut", "returns half of each line of a container's log", []rule{changeLog(func(log []byte) []byte { return cut(log, math.MaxInt, 2) })}},
	{"logs-short", "returns only the first two lines of a container's log", []rule{changeLog(func(log []byte) []byte { return cut(log, 2, 1) })}},
	{"logs-doubled", "returns a container's log twice", []rule{changeLog(func(log []byte) []byte { return append(log, log...) })}},
	{"exec-in-stopped-container", "runs an exec in a stopped container on a copy of its files", []rule{execInstead(func(c *call) string {
		committed := c.request(http.MethodPost, "/commit", url.Values{"container": {c.names[0]}}, []byte("{}"))
		return text(committed.object()["Id"])
	})}},
	{"exec-in-new-container", "runs an exec in a stopped container in a new one of its image", []rule{execInstead(func(c *call) string {
		return text(c.get("/containers/" + c.names[0] + "/json")["Image"])
	})}},
	{"copy-out-empty", "finds no files to copy out of a container", []rule{on(http.MethodGet, "/containers/*/archive", func(c *call) {
		refuse(c.w, http.StatusNotFound, "Could not find the file "+c.r.URL.Query().Get("path")+" in container "+c.names[0])
	})}},
	{"copy-in-lost", "reports that it copied files into a container, and did not", []rule{on(http.MethodPut, "/containers/*/archive", func(c *call) {
		_, _ = io.Copy(io.Discard, c.r.Body)
		c.w.WriteHeader(http.StatusOK)
	})}},
	{"copy-in-garbled", "changes files when it copies them into a container", []rule{on(http.MethodPut, "/containers/*/archive", func(c *call) {
		c.setBody(garbled(c.body()))
		c.pass()
	})}},
}

// garbled inverts the bits of the files in an archive.
func garbled(archive []byte) []byte {
	var out bytes.Buffer
	from, to := tar.NewReader(bytes.NewReader(archive)), tar.NewWriter(&out)
	for {
		header, err := from.Next()
		if err != nil {
			break // the end; the engine refuses what is not an archive
		}
		data, _ := io.ReadAll(from)
		for i := range data {
			data[i] = ^data[i]
		}
		_ = to.WriteHeader(header) // a valid header, written to memory
		_, _ = to.Write(data)
	}
	_ = to.Close()
	return out.Bytes()
}

// changeLog returns a rule that changes a log that is not followed.
func changeLog(change func(log []byte) []byte) rule {
	return on(http.MethodGet, "/containers/*/logs", func(c *call) {
		if c.r.URL.Query().Get("follow") == "1" {
			c.pass()
			return
		}
		response := c.engine()
		response.body = change(response.body)
		c.reply(response)
	})
}

// cut returns the first lines of a log, and of each line the first of a number of
// parts. Each line has its own frame.
func cut(log []byte, lines, parts int) (left []byte) {
	for ; len(log) >= 8 && lines > 0; lines-- {
		size := int(binary.BigEndian.Uint32(log[4:8]))
		if len(log) < 8+size {
			break
		}
		header := append([]byte(nil), log[:8]...)
		binary.BigEndian.PutUint32(header[4:], uint32(size/parts))
		left = append(append(left, header...), log[8:8+size/parts]...)
		log = log[8+size:]
	}
	return left
}

// execInstead returns a rule for an exec in a stopped container: it runs in
// another container, of the image that the function returns.
func execInstead(image func(*call) string) rule {
	return on(http.MethodPost, "/containers/*/exec", func(c *call) {
		exec := c.body()
		response := c.engine()
		if response.status == http.StatusConflict {
			if other := c.runIdle(image(c)); other != "" {
				response = c.request(http.MethodPost, "/containers/"+other+"/exec", nil, exec)
			}
		}
		c.reply(response)
	})
}

// runIdle runs an idle container of an image and returns its id, or "".
func (c *call) runIdle(image string) string {
	// The image has one of these programs.
	for _, idle := range [][]string{{"/probe", "hold"}, {"sleep", "60"}} {
		body := `{"Image":"` + image + `","Entrypoint":["` + idle[0] + `"],"Cmd":["` + idle[1] + `"],"Labels":{"` + Label + `":"` + c.fault.Name + `"}}`
		created := text(c.request(http.MethodPost, "/containers/create", nil, []byte(body)).object()["Id"])
		if created != "" && c.request(http.MethodPost, "/containers/"+created+"/start", nil, nil).ok() {
			return created
		}
	}
	return ""
}

// filesInMounts lists the files in a container's mounts.
func (c *call) filesInMounts(id string) (paths []string) {
	for _, mounted := range objects(c.get("/containers/" + id + "/json")["Mounts"]) {
		target := text(mounted["Destination"])
		read := c.archive(id, target)
		if !read.ok() {
			continue
		}
		for archive := tar.NewReader(bytes.NewReader(read.body)); ; {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) || err != nil {
				break
			}
			paths = append(paths, path.Join(path.Dir(target), header.Name))
		}
	}
	return paths
}
