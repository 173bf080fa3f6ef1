package assembly

import (
	"io"
	"net/rpc"
	"os"

	. "github.com/onsi/ginkgo/v2"
)

// console returns the writer for what people read during the run. In a parallel
// run, Ginkgo prints the standard output of a suite node twice: at once, and
// again in the node's report. This writer asks the ginkgo command to print it,
// over the connection that the command gives to its processes, and falls back to
// the standard output.
func console() io.Writer {
	config, _ := GinkgoConfiguration()
	if config.ParallelTotal < 2 {
		return os.Stdout
	}
	client, err := rpc.DialHTTPPath("tcp", config.ParallelHost, "/")
	if err != nil {
		return os.Stdout
	}
	return command{client}
}

type command struct{ client *rpc.Client }

func (c command) Write(text []byte) (int, error) {
	var answer int
	if err := c.client.Call("Server.EmitOutput", text, &answer); err != nil {
		return os.Stdout.Write(text)
	}
	return len(text), nil
}
