package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/probe"
)

// run does a probe command of a container on this machine.
func (f *fake) run(c *container, args []string) probe.Ended {
	text, err := f.do(c, args)
	var missing *fs.PathError
	switch {
	case err == nil:
		return probe.Ended{Stdout: []byte(text)}
	case errors.As(err, &missing) && errors.Is(err, fs.ErrNotExist):
		return probe.Ended{Code: int(probe.ENOENT), Stderr: []byte(err.Error())}
	}
	return probe.Ended{Code: 1, Stderr: []byte(err.Error())}
}

func (f *fake) do(c *container, args []string) (string, error) {
	if args[0] == "meminfo" {
		return "1024", nil
	}
	path := ""
	if args[0] != "each" {
		path = f.path(c, args[1])
	}
	switch args[0] {
	case "each":
		var all [][]string
		err := json.Unmarshal([]byte(args[1]), &all)
		ended := make([]probe.Ended, len(all))
		for i, one := range all {
			ended[i] = f.run(c, one)
		}
		text, _ := json.Marshal(ended)
		return string(text), err
	case "read":
		if args[1] == "/proc/self/uid_map" {
			return "0 0 4294967295\n", nil
		}
		data, err := os.ReadFile(path)
		return string(data), err
	case "write":
		return "", errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(args[2]), 0o644))
	case "await":
		return "waiting\nseen\n", nil
	case "empty":
		return "", os.RemoveAll(path)
	case "statfs":
		return fmt.Sprintf(`{"Bytes": 1099511627776, "Free": %d}`, f.free), nil
	case "stat":
		result := fileops.NewSession().Do(fileops.Status(path))[0]
		if !result.OK() {
			return "", errors.New(result.Error)
		}
		text, err := json.Marshal(probe.Status{Inode: result.Stat.Inode, Device: result.Stat.Device})
		return string(text), err
	case "files":
		var operations []fileops.Operation
		err := json.Unmarshal([]byte(args[1]), &operations)
		for i := range operations {
			operations[i].Path = f.path(c, operations[i].Path)
		}
		text, _ := json.Marshal(fileops.NewSession().Do(operations...))
		return string(text), err
	}
	return "", errors.New("the fake engine does not know this command: " + strings.Join(args, " "))
}

// path returns where this machine has a path of the container: in a mount, or
// in the container's own directory.
func (f *fake) path(c *container, path string) string {
	for _, m := range c.Mounts {
		if rest, below := strings.CutPrefix(path, m.Destination); below {
			return filepath.Join(m.Source, rest)
		}
	}
	return filepath.Join(f.dir, c.ID, path)
}

// volume returns a volume, which it creates if there is none of that name.
func (f *fake) volume(name string, with labels) volume {
	v, exists := f.volumes[name]
	if !exists {
		v = volume{Name: name, Driver: "local", Mountpoint: filepath.Join(f.dir, "volumes", name), Labels: with, CreatedAt: time.Now().Format(time.RFC3339)}
		f.volumes[name] = v
	}
	return v
}
