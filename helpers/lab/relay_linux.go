package lab

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// relay forwards connections from a UNIX socket to a TCP address in a machine's
// network namespace.
type relay struct {
	listener net.Listener
	thread   *supervisor // in the namespace
	address  string

	mutex sync.Mutex
	open  map[net.Conn]bool
}

func startRelay(socket, netns, address string) (*relay, error) {
	thread, err := newSupervisor(func() error { return joinNetns(netns) })
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		thread.stop()
		return nil, err
	}
	r := &relay{listener: listener, thread: thread, address: address, open: map[net.Conn]bool{}}
	go r.serve()
	return r, nil
}

func (r *relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		go r.forward(client)
	}
}

func (r *relay) forward(client net.Conn) {
	defer client.Close()
	var server net.Conn
	if err := r.thread.do(func() (err error) {
		server, err = net.DialTimeout("tcp", r.address, 5*time.Second)
		return os.NewSyscallError("dial", err)
	}); err != nil {
		return // the client sees a closed connection
	}
	defer server.Close()
	r.track(server, true)
	defer r.track(server, false)
	var both sync.WaitGroup
	both.Go(func() { copyHalf(server, client) })
	both.Go(func() { copyHalf(client, server) })
	both.Wait()
}

// copyHalf forwards one direction and its end: attached streams rely on half-closed
// connections.
func copyHalf(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		_ = half.CloseWrite()
		return
	}
	to.Close()
	from.Close()
}

func (r *relay) track(conn net.Conn, open bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if open {
		r.open[conn] = true
	} else {
		delete(r.open, conn)
	}
}

// reset closes all connections: a server that lost its power cannot.
func (r *relay) reset() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for conn := range r.open {
		conn.Close()
	}
}

func (r *relay) close() error {
	err := r.listener.Close()
	r.reset()
	r.thread.stop()
	return err
}
