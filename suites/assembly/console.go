package assembly

import (
	"io"
	"net/rpc"
	"os"
	"sync"

	. "github.com/onsi/ginkgo/v2"
)

// console is where people read. In a parallel run Ginkgo shows what a suite
// node writes to the standard output twice: at once, and again in the node's
// report. So the ginkgo command is asked to print it, over the connection that
// it gives to its processes; should that ever change, twice is still better
// than not at all.
var console = sync.OnceValue(func() io.Writer {
	config, _ := GinkgoConfiguration()
	if config.ParallelTotal < 2 {
		return os.Stdout
	}
	client, err := rpc.DialHTTPPath("tcp", config.ParallelHost, "/")
	if err != nil {
		return os.Stdout
	}
	return command{client}
})

type command struct{ client *rpc.Client }

func (c command) Write(text []byte) (int, error) {
	var answer int
	if err := c.client.Call("Server.EmitOutput", text, &answer); err != nil {
		return os.Stdout.Write(text)
	}
	return len(text), nil
}
