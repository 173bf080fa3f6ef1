package probe

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
)

func program(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the probe is a Linux program")
	}
	built, err := executable(context.Background(), runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "probe")
	if err := os.WriteFile(path, built, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFilesInAProcessOfTheirOwn(t *testing.T) {
	path := program(t)
	file := filepath.Join(t.TempDir(), "file")
	command := Files(fileops.CreateNew(file, "a\x00b"), fileops.CreateNew(file, ""), fileops.Read(file), fileops.Open(file, "f", 0), fileops.Lock("f", fileops.OFD))
	printed, err := exec.Command(path, command.Args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	results, err := FileResults(string(printed), 5)
	if err != nil {
		t.Fatal(err)
	}
	if !results[0].OK() || results[1].Errno != "EEXIST" || string(results[2].Data) != "a\x00b" || !results[4].OK() {
		t.Errorf("%v", results)
	}
	if _, err := FileResults(string(printed), 4); !errors.Is(err, ErrGarbled) {
		t.Errorf("five results for four operations: %v", err)
	}
	if _, err := FileResults("", 1); !errors.Is(err, ErrGarbled) {
		t.Errorf("no results: %v", err)
	}
}

// What a holding probe opens stays open between its answers, and a lock that
// it holds is free once it was killed.
func TestFilesOfAHoldingProbe(t *testing.T) {
	path := program(t)
	file := filepath.Join(t.TempDir(), "file")
	holding := exec.Command(path, Hold().Args...)
	input, inErr := holding.StdinPipe()
	output, outErr := holding.StdoutPipe()
	if err := errors.Join(inErr, outErr, holding.Start()); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute, func() { _ = holding.Process.Kill() })
	defer limit.Stop()
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); line != Greeting+"\n" {
		t.Fatalf("greets with %q (%v)", line, err)
	}
	ask := func(operations ...fileops.Operation) []fileops.Result {
		t.Helper()
		if _, err := input.Write(Line(Files(operations...))); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadBytes('\n')
		var how Ended
		if err := errors.Join(err, json.Unmarshal(line, &how)); err != nil || how.Code != 0 {
			t.Fatalf("%s (%v)", line, err)
		}
		results, err := FileResults(string(how.Stdout), len(operations))
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	host := fileops.NewSession()
	defer host.Close()

	ask(fileops.Write(file, "x"), fileops.Open(file, "f", 0))
	ask(fileops.Lock("f", fileops.Flock), fileops.Watch(filepath.Dir(file), "w", ""))
	if held := host.Do(fileops.TestLock(file, fileops.Flock))[0]; !held.Held {
		t.Errorf("the lock is not held between two answers: %+v", held)
	}
	host.Do(fileops.AppendTo(file, "y"))
	if came := ask(fileops.Events("w", "modify", "file", 5*time.Second))[0]; !came.Held {
		t.Errorf("the watch got no event of what another process did: %+v", came)
	}
	if err := holding.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exited *exec.ExitError
	if err := holding.Wait(); !errors.As(err, &exited) || exited.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the probe ended by itself: %v", err)
	}
	if held := host.Do(fileops.TestLock(file, fileops.Flock))[0]; held.Held || !held.OK() {
		t.Errorf("the lock of a killed process is held: %+v", held)
	}
}

func TestFilesReadAsOperations(t *testing.T) {
	command := Files(fileops.Write("/data/a", "contents"), fileops.Lock("f", fileops.OFD).By(1000, 1000))
	if got, want := command.String(), `probe files: write "/data/a"; lock "f" "ofd" as user 1000`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
