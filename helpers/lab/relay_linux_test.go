package lab

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// relayTo returns a connection through a relay to a server that runs handle.
func relayTo(t *testing.T, handle func(net.Conn)) (*relay, *net.UnixConn) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		for conn, err := server.Accept(); err == nil; conn, err = server.Accept() {
			go handle(conn)
		}
	}()
	socket := filepath.Join(t.TempDir(), "relay.sock")
	r, err := startRelay(socket, "/proc/self/ns/net", server.Addr().String())
	if err != nil {
		t.Skipf("cannot start a relay here: %v", err)
	}
	t.Cleanup(func() { _ = r.close() })
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return r, conn.(*net.UnixConn)
}

// A server that answers after the end of its input is what docker attach needs.
func TestRelayKeepsHalfClosedConnections(t *testing.T) {
	_, conn := relayTo(t, func(server net.Conn) {
		input, _ := io.ReadAll(server)
		_, _ = server.Write(append(input, '!'))
		server.Close()
	})
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); string(got) != "hello!" || err != nil {
		t.Fatalf("got %q and error %v", got, err)
	}
}

func TestRelayResetClosesConnections(t *testing.T) {
	accepted := make(chan bool, 1)
	r, conn := relayTo(t, func(server net.Conn) { // never answers
		_, _ = server.Read(make([]byte, 1))
		accepted <- true
	})
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	<-accepted
	r.reset()
	if got, err := io.ReadAll(conn); len(got) > 0 || err != nil {
		t.Fatalf("got %q and error %v, want the end of the connection", got, err)
	}
}
