package lab

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSSHFSMachine(t *testing.T) {
	r := needRelease(t, "docker-sshfs")
	shared := t.TempDir()
	if err := os.WriteFile(filepath.Join(shared, "file"), []byte("from the host"), 0o600); err != nil {
		t.Fatal(err)
	}
	machine, err := Start(t.Context(), r.Name, []string{shared}, testWriter{t})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })

	inside := fmt.Sprintf("/proc/%d/root%s", machine.init.cmd.Process.Pid, shared)
	var stat unix.Statfs_t
	if err := unix.Statfs(inside, &stat); err != nil || stat.Type != unix.FUSE_SUPER_MAGIC {
		t.Errorf("%s is on file system type %x (%v), want FUSE", inside, stat.Type, err)
	}
	if got, err := os.ReadFile(filepath.Join(inside, "file")); string(got) != "from the host" {
		t.Errorf("the engine reads %q and error %v", got, err)
	}
	pids := slices.Collect(maps.Keys(processesOf(t, machine.init.cmd.Process.Pid)))
	if err := machine.Close(); err != nil {
		t.Fatal(err)
	}
	assertGone(t, machine.state.id, pids...)
}

func TestVirtualMachine(t *testing.T) {
	r := needRelease(t, "docker-vm")
	machine, err := Start(t.Context(), r.Name, []string{t.TempDir()}, testWriter{t})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = machine.Close() })
	socket := strings.TrimPrefix(machine.Host, "unix://")
	for _, event := range []string{"crash", "power-cut", "reboot"} {
		qemu := pidOf(t, machine, "qemu-system-x86")
		if answer := ask(t, machine.Control, http.MethodPost, "/"+event); answer != "200 " {
			t.Fatalf("POST /%s: %s", event, answer)
		}
		if err := ping(socket); err != nil {
			t.Errorf("after POST /%s: %v", event, err)
		}
		ofMachine := event == "power-cut" || event == "reboot"
		if replaced := pidOf(t, machine, "qemu-system-x86") != qemu; replaced != ofMachine {
			t.Errorf("POST /%s replaced QEMU: %t, want %t", event, replaced, ofMachine)
		}
	}
	if answer := ask(t, machine.Control, http.MethodGet, "/"); !strings.Contains(answer, `"events":["restart","crash","power-cut","reboot"]`) {
		t.Errorf("GET /: %s", answer)
	}
	if env := machine.Env(); !slices.Contains(env, "HOLDFAST_ENGINE_VM=1") || !slices.Contains(env, "HOLDFAST_ENGINE_SHARING=virtiofs") {
		t.Errorf("the suite does not learn of the virtual machine: %v", env)
	}
	pids := slices.Collect(maps.Keys(processesOf(t, machine.init.cmd.Process.Pid)))
	if err := machine.Close(); err != nil {
		t.Fatal(err)
	}
	assertGone(t, machine.state.id, pids...)
}

// pidOf returns the process of a program in a machine.
func pidOf(t *testing.T, m *Machine, program string) int {
	t.Helper()
	for pid, name := range processesOf(t, m.init.cmd.Process.Pid) {
		if name == program {
			return pid
		}
	}
	t.Fatalf("the machine has no process %s", program)
	return 0
}

func TestCacheWithoutRoomForADisk(t *testing.T) {
	cache := t.TempDir()
	if err := unix.Mount("tmpfs", cache, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(cache, 0) })
	t.Setenv("HOLDFAST_CACHE", cache)
	if err := checkDisk(); err == nil || !strings.Contains(err.Error(), "of which 16 are free") {
		t.Errorf("16 MiB are enough for a disk: %v", err)
	}
}

func TestUnsupportedReleases(t *testing.T) {
	huge := Release{Sharing: VirtioFS, VM: &VM{Memory: 1 << 30}}
	if err := huge.supported(); err == nil || !strings.Contains(err.Error(), "MiB of memory") {
		t.Errorf("a virtual machine of 1 PiB is supported: %v", err)
	}
	if err := (Release{Sharing: Native}).supported(); err != nil {
		t.Errorf("native sharing is not supported: %v", err)
	}
}
