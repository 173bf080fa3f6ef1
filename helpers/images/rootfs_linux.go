package images

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// buildRootfs builds a Debian root file system with the packages.
func buildRootfs(ctx context.Context, say *progress, base, suite string, packages []string) error {
	if os.Geteuid() != 0 {
		return next("mmdebstrap builds it as root, and this process is not root")
	}
	program, err := exec.LookPath("mmdebstrap")
	if err != nil {
		return next("mmdebstrap builds it, and is not installed (apt-get install mmdebstrap)")
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		return fmt.Errorf("creating the image cache: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	arguments := []string{"--variant=minbase", "--format=tar", "--include=" + strings.Join(packages, ","), suite, "-"}
	command := exec.CommandContext(ctx, program, arguments...)
	// On an interrupt it unmounts and removes its temporary directory.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	stdout, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	lines, diagnosis := io.Pipe()
	command.Stderr = diagnosis
	errorLines := make(chan []string, 1)
	go func() { errorLines <- follow(lines, say) }()
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", program, err)
	}
	saved := saveRootfs(base, stdout)
	if saved != nil {
		_, _ = io.Copy(io.Discard, stdout) // or it would block
	}
	ended := command.Wait()
	diagnosis.Close()
	last := strings.Join(<-errorLines, " / ")
	if ended != nil {
		// The stream of a failed build can look complete.
		_ = os.Remove(base + ".json")
		return next("mmdebstrap %s: %v: %s (it uses this machine's apt sources)", strings.Join(arguments, " "), ended, last)
	}
	if saved != nil {
		return fmt.Errorf("saving the root file system as %s.tar: %w", base, saved)
	}
	return nil
}

// changeRoot makes the command run in another root directory.
func changeRoot(command *exec.Cmd, root string) error {
	command.SysProcAttr, command.Dir = &syscall.SysProcAttr{Chroot: root}, "/"
	command.Env = append(os.Environ(), "HOME=/root", "TMPDIR=/tmp", "PATH=/usr/bin:/bin")
	return nil
}

// follow reports progress and returns the last lines that describe an error.
func follow(lines io.Reader, say *progress) []string {
	var last []string
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "I: ") {
			say.tick("mmdebstrap: %s", line[3:])
		}
		if strings.HasPrefix(line, "E: ") || strings.HasPrefix(line, "Err:") {
			last = append(last[max(0, len(last)-4):], line)
		}
	}
	_, _ = io.Copy(io.Discard, lines)
	return last
}
