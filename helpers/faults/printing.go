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

// printing are the faults of what comes out of containers: how programs end,
// what they print, and their files.
var printing = []Fault{
	{"exit-code-lost", "tells that every container ended with code 0", []rule{on(http.MethodPost, "/containers/*/wait", func(c *call) {
		said := c.engine()
		if read := said.object(); said.ok() {
			read["StatusCode"] = 0
			c.say(said.status, read)
			return
		}
		c.reply(said)
	})}},
	{"exec-exit-code-lost", "tells that every exec ended with code 0", []rule{telling("/exec/*/json", func(_ *call, exec object) object {
		exec["ExitCode"] = 0
		return exec
	})}},
	{"exec-exit-code-wrong", "tells that every exec ended with code 1", []rule{telling("/exec/*/json", func(_ *call, exec object) object {
		exec["ExitCode"] = 1
		return exec
	})}},
	{"logs-cut", "cuts each line of a container's log in the middle", []rule{logged(func(log []byte) []byte { return cut(log, math.MaxInt, 2) })}},
	{"logs-short", "tells no more than the first two lines of a container's log", []rule{logged(func(log []byte) []byte { return cut(log, 2, 1) })}},
	{"logs-doubled", "tells a container's log twice", []rule{logged(func(log []byte) []byte { return append(log, log...) })}},
	{"exec-in-the-ended", "runs an exec in a container that has ended, on a copy of its files", []rule{on(http.MethodPost, "/containers/*/exec", func(c *call) {
		asked := c.body()
		said := c.engine()
		if said.status == http.StatusConflict {
			committed := c.ask(http.MethodPost, "/commit", url.Values{"container": {c.names[0]}}, []byte("{}")).object()
			if standIn := c.standIn(text(committed["Id"])); standIn != "" {
				said = c.ask(http.MethodPost, "/containers/"+standIn+"/exec", nil, asked)
			}
		}
		c.reply(said)
	})}},
	{"exec-in-a-new-one", "runs an exec of a container that has ended in a new one of its image", []rule{on(http.MethodPost, "/containers/*/exec", func(c *call) {
		asked := c.body()
		said := c.engine()
		if said.status == http.StatusConflict {
			image := text(c.get("/containers/" + c.names[0] + "/json")["Image"])
			if standIn := c.standIn(image); standIn != "" {
				said = c.ask(http.MethodPost, "/containers/"+standIn+"/exec", nil, asked)
			}
		}
		c.reply(said)
	})}},
	{"copy-out-empty", "finds no files when it is asked to copy them out of a container", []rule{on(http.MethodGet, "/containers/*/archive", func(c *call) {
		refuse(c.w, http.StatusNotFound, "Could not find the file "+c.r.URL.Query().Get("path")+" in container "+c.names[0])
	})}},
	{"copy-in-lost", "says that it copied files into a container, and did not", []rule{on(http.MethodPut, "/containers/*/archive", func(c *call) {
		_, _ = io.Copy(io.Discard, c.r.Body)
		c.w.WriteHeader(http.StatusOK)
	})}},
	{"copy-in-garbled", "gives files other bytes when it copies them into a container", []rule{on(http.MethodPut, "/containers/*/archive", func(c *call) {
		c.setBody(garbled(c.body()))
		c.pass()
	})}},
}

// garbled inverts each bit of the files in an archive.
func garbled(archive []byte) []byte {
	var other bytes.Buffer
	from, to := tar.NewReader(bytes.NewReader(archive)), tar.NewWriter(&other)
	for {
		header, err := from.Next()
		if err != nil {
			break // at its end; what is none is left to the engine to refuse
		}
		data, _ := io.ReadAll(from)
		for i := range data {
			data[i] = ^data[i]
		}
		_ = to.WriteHeader(header) // into memory, and read from an archive
		_, _ = to.Write(data)
	}
	_ = to.Close()
	return other.Bytes()
}

// logged makes a rule that changes a log that is read to its end.
func logged(change func(log []byte) []byte) rule {
	return on(http.MethodGet, "/containers/*/logs", func(c *call) {
		if c.r.URL.Query().Get("follow") == "1" {
			c.pass()
			return
		}
		said := c.engine()
		said.body = change(said.body)
		c.reply(said)
	})
}

// cut leaves the first lines of a log, and of each the first of so many parts.
// Each line has a frame of its own.
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

// standIn runs a container of an image that does nothing, and tells its id.
func (c *call) standIn(image string) string {
	// Whichever of the two the image has.
	for _, waiting := range [][]string{{"/probe", "hold"}, {"sleep", "60"}} {
		body := `{"Image":"` + image + `","Entrypoint":["` + waiting[0] + `"],"Cmd":["` + waiting[1] + `"],"Labels":{"` + Label + `":"` + c.fault.Name + `"}}`
		made := text(c.ask(http.MethodPost, "/containers/create", nil, []byte(body)).object()["Id"])
		if made != "" && c.ask(http.MethodPost, "/containers/"+made+"/start", nil, nil).ok() {
			return made
		}
	}
	return ""
}

// inMounts lists the files in a container's mounts.
func (c *call) inMounts(id string) (paths []string) {
	for _, mounted := range objects(c.get("/containers/" + id + "/json")["Mounts"]) {
		target := text(mounted["Destination"])
		read := c.ask(http.MethodGet, "/containers/"+id+"/archive", url.Values{"path": {target}}, nil)
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
