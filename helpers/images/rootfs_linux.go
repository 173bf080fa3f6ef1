package images

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// buildRootfs builds a root file system with mmdebstrap and writes it to the cache.
func buildRootfs(ctx context.Context, out *progress, base string, s system) (err error) {
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
	dir, err := os.MkdirTemp(filepath.Dir(base), "building-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	draft, err := os.Create(filepath.Join(dir, "layer.tar"))
	if err != nil {
		return err
	}
	defer draft.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	hook, suite := "--customize-hook=copy-out /etc/debian_version /var/lib/dpkg/status "+dir, len(s.arguments)-1
	if s.extracted {
		hook = strings.Replace(hook, "customize", "extract", 1)
	}
	arguments := slices.Insert(slices.Clone(s.arguments), suite, hook) // the last hook of its kind
	command := exec.CommandContext(ctx, program, append(arguments, "-")...)
	// On an interrupt it unmounts and removes its temporary directory.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	hash, log := sha256.New(), &bootstrapLog{out: out}
	command.Stdout, command.Stderr = io.MultiWriter(draft, hash), log
	if err := command.Run(); err != nil {
		return next("mmdebstrap %s: %v: %s (it uses this machine's apt sources)", strings.Join(s.arguments, " "), err, strings.Join(log.errors, " / "))
	}
	if err := errors.Join(draft.Sync(), os.Rename(draft.Name(), base+".tar")); err != nil {
		return err
	}
	return describeRootfs(base, fmt.Sprintf("sha256:%x", hash.Sum(nil)), dir, s.needs)
}

// changeRoot makes the command run in another root directory.
func changeRoot(command *exec.Cmd, root string) error {
	command.SysProcAttr, command.Dir = &syscall.SysProcAttr{Chroot: root}, "/"
	command.Env = append(os.Environ(), "HOME=/root", "TMPDIR=/tmp", "PATH=/usr/bin:/bin")
	return nil
}

// bootstrapLog reports progress and keeps the last lines that describe an error.
type bootstrapLog struct {
	out    *progress
	rest   string
	errors []string
}

func (b *bootstrapLog) Write(text []byte) (int, error) {
	lines := strings.Split(b.rest+string(text), "\n")
	b.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		line = strings.TrimSpace(line)
		if step, ok := strings.CutPrefix(line, "I: "); ok {
			b.out.tick("mmdebstrap: %s", step)
		}
		if strings.HasPrefix(line, "E: ") || strings.HasPrefix(line, "Err:") {
			b.errors = append(b.errors[max(0, len(b.errors)-4):], line)
		}
	}
	return len(text), nil
}
