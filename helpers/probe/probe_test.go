package probe

import (
	"archive/tar"
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

func TestAssembleAddsTheProgramAndTheSeed(t *testing.T) {
	image, err := assemble([]byte("program"), "arm64")
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Architecture != "arm64" || config.OS != "linux" || !slices.Equal(config.Config.Entrypoint, []string{"/probe"}) || config.Config.Labels["holdfast.image"] != "probe" {
		t.Errorf("configured as %+v", config)
	}
	files := map[string]string{}
	content := mutate.Extract(image)
	defer content.Close()
	for archive := tar.NewReader(content); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(archive)
		files[header.Name] = string(data)
	}
	if files["probe"] != "program" || files["seed/seed.txt"] != SeedText {
		t.Errorf("holds %v", files)
	}
}

func TestSourceDigestDependsOnTheArchitecture(t *testing.T) {
	one, err := sourceDigest("amd64")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := sourceDigest("amd64")
	other, _ := sourceDigest("arm64")
	if one != again || one == other || len(one) != 12 {
		t.Errorf("%s %s %s", one, again, other)
	}
}

// On Linux, the program runs directly on this machine.
func TestProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the probe is a Linux program")
	}
	program, err := executable(context.Background(), runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "probe")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file.txt")
	for _, c := range []struct {
		command Command
		code    int
		out     string
	}{
		{Read(file), int(ENOENT), ""},
		{Write(file, "one"), 0, ""},
		{Append(file, "two"), 0, ""},
		{Read(file), 0, "onetwo"},
		{Overwrite(file, "O"), 0, ""},
		{Read(file), 0, "Onetwo"},
		{List(dir), 0, "file.txt\nprobe\n"},
		{Fill(filepath.Join(dir, "zeros"), 100_000), 0, "100000\n"},
		{Find(dir, hex.EncodeToString([]byte("Onetwo")), hex.EncodeToString([]byte("nowhere in this folder"))), 0, hex.EncodeToString([]byte("Onetwo")) + " " + file + "\n"},
		{Rename(file, file+"2"), 0, ""},
		{Mkdir(dir + "/sub"), 0, ""},
		{Mkdir(dir + "/sub"), 17, ""},
		{Truncate(file + "2"), 0, ""},
		{Read(file + "2"), 0, ""},
		{Unlink(file + "2"), 0, ""},
		{Unlink(file + "2"), int(ENOENT), ""},
		{MountAt(dir), int(ENOENT), ""},
		{Command{Args: []string{"nonsense"}}, 125, ""},
		{Command{Args: []string{"read"}}, 125, ""},
	} {
		out, err := exec.Command(path, c.command.Args...).Output()
		var exited *exec.ExitError
		code := 0
		if errors.As(err, &exited) {
			code = exited.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != c.code || string(out) != c.out {
			t.Errorf("%s: exit code %d, printed %q; want %d and %q", c.command, code, out, c.code, c.out)
		}
	}
	t.Run("hold performs operations", func(t *testing.T) { testHold(t, path, file) })
}

func testHold(t *testing.T, path, file string) {
	holding := exec.Command(path, Hold().Args...)
	input, err := holding.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := holding.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holding.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute, func() { _ = holding.Process.Kill() })
	defer limit.Stop()
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); line != Greeting+"\n" {
		t.Fatalf("greets with %q (%v)", line, err)
	}
	for _, c := range []struct {
		command Command
		want    Ended
	}{
		{Write(file, "a\tb\n"), Ended{Stdout: []byte{}, Stderr: []byte{}}},
		{Read(file), Ended{Stdout: []byte("a\tb\n"), Stderr: []byte{}}},
		{Read(file + "3"), Ended{Code: int(ENOENT), Stdout: []byte{}, Stderr: []byte("open " + file + "3: no such file or directory\n")}},
	} {
		if _, err := input.Write(Line(c.command)); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		var got Ended
		if err := json.Unmarshal(line, &got); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %s (%v)", c.command, line, err)
		}
	}
	// It keeps running without an input, until SIGTERM.
	if err := errors.Join(input.Close(), holding.Process.Signal(syscall.SIGTERM), holding.Wait()); err != nil {
		t.Error(err)
	}
}

func TestCommandsReadAsTyped(t *testing.T) {
	if got := Write("/a b", "it's").String(); got != `probe write "/a b" "it's"` {
		t.Error(got)
	}
	if !Write("/a", "").Must || Attempt(Write("/a", "")).Must || Read("/a").Must {
		t.Error("operations must succeed, attempts and queries need not")
	}
}

func TestAnswersDetectsGarbledOutput(t *testing.T) {
	const one = `[{"Code":2,"Stdout":"","Stderr":""}]`
	if answers, err := Answers(one, 1); err != nil || answers[0].Code != 2 {
		t.Error(answers, err)
	}
	for _, printed := range []string{"", one[:10], one + "\n" + one} {
		if _, err := Answers(printed, 1); !errors.Is(err, ErrGarbled) {
			t.Errorf("%q: %v", printed, err)
		}
	}
	if _, err := Answers(one, 2); !errors.Is(err, ErrGarbled) {
		t.Error(err)
	}
}
