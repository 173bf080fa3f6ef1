package lab

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// supervise names the release of which this test binary starts a machine, so that a
// test can kill the binary.
const supervise = "HOLDFAST_LAB_TEST_SUPERVISE"

func TestMain(m *testing.M) {
	if os.Getenv(supervise) != "" {
		// A shared directory makes the programs of the sharing start.
		shared, err := os.Getwd()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		machine, err := Start(context.Background(), os.Getenv(supervise), []string{shared}, os.Stderr)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(machine.state.id, machine.init.cmd.Process.Pid)
		_, _ = machine.Run(context.Background(), []string{"sh", "-c", "setsid sleep 1000 & echo $!; wait"})
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestKilledSupervisor(t *testing.T) {
	needLab(t)
	for _, release := range []string{"docker-trixie", "docker-sshfs", "docker-vm"} {
		t.Run(release, func(t *testing.T) { testKilledSupervisor(t, needRelease(t, release)) })
	}
}

func testKilledSupervisor(t *testing.T, r Release) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), supervise+"="+r.Name)
	child.Stderr = testWriter{t}
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	var id string
	var init, detached int
	lines := bufio.NewReader(output)
	if _, err := fmt.Fscan(lines, &id, &init, &detached); err != nil {
		t.Fatalf("the child did not start its machine: %v", err)
	}
	pids := processesOf(t, init)
	if want := programs[r.Sharing]; !slices.Contains(slices.Collect(maps.Keys(pids)), detached) || !slices.Contains(slices.Collect(maps.Values(pids)), want) {
		t.Fatalf("the command (%d) or %s is not among the machine's processes %v", detached, want, pids)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	all := slices.Collect(maps.Keys(pids))
	assertEnded(t, all...)
	if err := Sweep(testWriter{t}); err != nil {
		t.Fatal(err)
	}
	assertGone(t, id, all...)
}

// programs are what runs in a machine because of its sharing; dockerd without one.
var programs = map[Sharing]string{Native: "dockerd", SSHFS: "sshfs", VirtioFS: "virtiofsd", NineP: "qemu-system-x86"}

// processesOf returns the names of the processes in the network namespace of a
// machine's first process.
func processesOf(t *testing.T, init int) map[int]string {
	t.Helper()
	netns := netnsOf(t, fmt.Sprintf("/proc/%d/ns/net", init))
	found := map[int]string{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		var stat unix.Stat_t
		name, err := os.ReadFile(filepath.Join(dir, "comm"))
		if err == nil && unix.Stat(filepath.Join(dir, "ns/net"), &stat) == nil && stat.Ino == netns {
			pid, _ := strconv.Atoi(filepath.Base(dir))
			found[pid] = strings.TrimSpace(string(name))
		}
	}
	return found
}
