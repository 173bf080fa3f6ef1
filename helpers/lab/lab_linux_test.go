package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func needLab(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts an engine")
	}
	if err := Available(); err != nil {
		t.Skip(err)
	}
}

// needRelease skips the test if this host cannot run the release.
func needRelease(t *testing.T, name string) Release {
	t.Helper()
	needLab(t)
	r, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.supported(); err != nil {
		t.Skipf("%s: %v", name, err)
	}
	return r
}

func TestMachine(t *testing.T) {
	needLab(t)
	shared := t.TempDir()
	machine, err := Start(t.Context(), "", []string{shared}, testWriter{t})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })
	socket := strings.TrimPrefix(machine.Host, "unix://")
	engine, slirp := machine.init.cmd.Process.Pid, machine.network.slirp.Process.Pid

	if err := ping(socket); err != nil {
		t.Fatal(err)
	}
	if own, other := netnsOf(t, "/proc/self/ns/net"), netnsOf(t, machine.Netns); own == other {
		t.Fatal("the engine is in this process's network namespace")
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/root%s", engine, shared)); err != nil {
		t.Errorf("the engine does not see the shared directory: %v", err)
	}
	var own, other unix.Stat_t
	if err := errors.Join(unix.Stat("/dev/shm", &own), unix.Stat(fmt.Sprintf("/proc/%d/root/dev/shm", engine), &other)); err != nil {
		t.Error(err)
	} else if own.Dev == other.Dev {
		t.Error("the engine shares the host's /dev/shm")
	}
	for _, device := range []string{"null", "zero", "full", "random", "urandom", "tty", "ptmx", "fuse", "net/tun"} {
		info, err := os.Stat(fmt.Sprintf("/proc/%d/root/dev/%s", engine, device))
		if err != nil || info.Mode() != os.ModeDevice|os.ModeCharDevice|0o666 {
			t.Errorf("/dev/%s of the engine is %v (%v), want a character device open to all", device, info, err)
		}
	}
	for _, path := range []string{"/restart", "/crash", "/restart"} {
		if answer := ask(t, machine.Control, http.MethodPost, path); answer != "200 " {
			t.Fatalf("POST %s: %s", path, answer)
		}
		if err := ping(socket); err != nil {
			t.Fatalf("after POST %s: %v", path, err)
		}
	}
	if answer := ask(t, machine.Control, http.MethodGet, "/"); !strings.Contains(answer, `"release":"docker-trixie"`) {
		t.Errorf("GET /: %s", answer)
	}
	if code, err := machine.Run(t.Context(), []string{"sh", "-c", "exit 7"}); code != 7 || err != nil {
		t.Errorf("Run returned exit code %d and error %v for a command that exits with 7", code, err)
	}
	for range 2 {
		if err := machine.Close(); err != nil {
			t.Fatal(err)
		}
	}
	assertGone(t, machine.state.id, engine, slirp)
}

func TestTwoMachines(t *testing.T) {
	needLab(t)
	var machines [2]*Machine
	for i := range machines {
		machine, err := Start(t.Context(), "", nil, testWriter{t})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = machine.Close() })
		machines[i] = machine
	}
	if err := machines[0].Close(); err != nil {
		t.Fatal(err)
	}
	if err := ping(strings.TrimPrefix(machines[1].Host, "unix://")); err != nil {
		t.Fatalf("the second machine ended with the first: %v", err)
	}
}

// assertGone fails if processes, mounts, files or cgroups of a machine are left.
func assertGone(t *testing.T, id string, pids ...int) {
	t.Helper()
	assertEnded(t, pids...)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), id) {
		t.Errorf("mounts of machine %s are left", id)
	}
	parent, err := runDir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(parent, id)); !os.IsNotExist(err) {
		t.Errorf("files of machine %s are left: %v", id, err)
	}
	all, err := hierarchies()
	if err != nil {
		t.Fatal(err)
	}
	for _, hierarchy := range all {
		if _, err := os.Stat(filepath.Join(cgroupRoot, hierarchy, cgroupPrefix+id)); !os.IsNotExist(err) {
			t.Errorf("cgroups of machine %s are left in %s: %v", id, hierarchy, err)
		}
	}
}

// assertEnded waits for processes to end. Zombies have ended.
func assertEnded(t *testing.T, pids ...int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := until(ctx, 20*time.Millisecond, func() error {
		for _, pid := range pids {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err == nil && !strings.Contains(string(status), "State:\tZ") {
				return fmt.Errorf("process %d is still running", pid)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func netnsOf(t *testing.T, path string) uint64 {
	t.Helper()
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	return stat.Ino
}

func ask(t *testing.T, socket, method, path string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	request, err := http.NewRequestWithContext(t.Context(), method, "http://control"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, body)
}

// testWriter writes progress to the test's log.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

func TestEngineThatDoesNotStart(t *testing.T) {
	needLab(t)
	for _, test := range []struct {
		name, script string
		limit        time.Duration
		want         []string
	}{
		{"ends at once", "echo broken >&2; exit 3", startLimit, []string{"ended with exit code 3", "broken"}},
		{"never answers", "echo thinking >&2; exec sleep 100", 2 * time.Second, []string{"deadline exceeded", "thinking"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Find("")
			if err != nil {
				t.Fatal(err)
			}
			r.Command = []string{"sh", "-c", test.script}
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			defer cancel()
			machine := &Machine{Release: r.Name}
			err = machine.start(ctx, r, nil, testWriter{t})
			if closed := machine.Close(); closed != nil {
				t.Error(closed)
			}
			for _, part := range test.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not contain %q: %v", part, err)
				}
			}
			assertGone(t, machine.state.id, machine.init.cmd.Process.Pid, machine.network.slirp.Process.Pid)
		})
	}
}

// An engine that is killed from outside is started again.
func TestEngineThatDies(t *testing.T) {
	needLab(t)
	machine, err := Start(t.Context(), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })
	e := machine.engine
	_, before, _ := e.state()
	if err := e.end(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	if err := e.await(ctx, func() bool { return e.starts > before }); err != nil {
		t.Fatal(err)
	}
	if err := e.ready(ctx); err != nil {
		t.Fatal(err)
	}
}
