package student

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// TestNothingTypedReachesThisMachine covers the worst fault that this package could
// have.
func TestNothingTypedReachesThisMachine(t *testing.T) {
	session, terminal := open(t)
	outside := t.TempDir()
	precious := filepath.Join(outside, "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	mark := fmt.Sprintf("holdfast-student-%d", os.Getpid())
	mustType(t, terminal, "echo model > model.bin", Expectation{})
	for _, line := range []string{
		"cp model.bin $(true)/" + mark, // what the lesson's `cp ... $(docker volume inspect ...)/` becomes
		"cp model.bin /etc/" + mark,
		"cp model.bin /usr/local/bin/" + mark,
		"cp model.bin /root/" + mark,
		"cp model.bin /var/lib/" + mark,
		"cp model.bin /dev/" + mark,
		"cp model.bin " + filepath.Join(here, mark),
		"mkdir /home/" + mark,
		"touch /proc/sys/" + mark,
		"echo 1 > /proc/sys/kernel/sysrq",
		"echo b > /proc/sysrq-trigger",
		"mount -o remount,rw /",
		"mount -t tmpfs tmpfs /mnt",
		"mknod disk b 8 0",
		"chroot / true",
		"unshare -m true",
		"kill -9 " + fmt.Sprint(os.Getpid()),
		"ls " + precious,
		"ls /dev/sda /dev/vda /dev/mem",
	} {
		if entry := mustType(t, terminal, line, Expectation{}); entry.Status == 0 {
			t.Errorf("%s succeeded: %s", line, entry.Printed)
		}
	}
	for _, dir := range []string{"/", "/etc", "/usr/local/bin", "/root", "/var/lib", "/dev", "/home", here} {
		if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
			_ = os.Remove(filepath.Join(dir, mark))
			t.Errorf("%s was written to", dir)
		}
	}
	mustType(t, terminal, "echo x > /tmp/"+mark+" && cat /tmp/"+mark, Expectation{})
	if _, err := os.Stat(filepath.Join("/tmp", mark)); err == nil {
		t.Error("/tmp is the machine's")
	}
	if data, err := os.ReadFile(precious); err != nil || string(data) != "mine" {
		t.Errorf("%q %v", data, err)
	}
	if entry := mustType(t, terminal, "grep Cap /proc/self/status", Expectation{}); strings.Count(entry.Printed, "0000000000000000") != 5 {
		t.Errorf("capabilities are left:\n%s", entry.Printed)
	}
	if data, err := os.ReadFile(filepath.Join(session.Home, "model.bin")); err != nil || string(data) != "model\n" {
		t.Errorf("the home folder is not the machine's: %q %v", data, err)
	}
}

// TestNothingIsLeftRunning closes a terminal with processes that resist.
func TestNothingIsLeftRunning(t *testing.T) {
	session, terminal := open(t)
	const name = "holdfast-left-running"
	if err := os.WriteFile(filepath.Join(session.Home, name), []byte("#!/bin/bash\ntrap '' HUP INT TERM\nwhile :; do sleep 1; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustType(t, terminal, "setsid ~/"+name+" & disown", Expectation{})
	mustType(t, terminal, "nohup ~/"+name+" > /dev/null 2>&1 &", Expectation{})
	if _, err := terminal.Type(t.Context(), "~/"+name, Expectation{Within: 300 * time.Millisecond}); err == nil {
		t.Fatal("the script ended")
	}
	if len(running(t, session.Home)) < 3 {
		t.Fatal("the test starts nothing")
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	NewWithT(t).Eventually(func() []string { return running(t, session.Home) }).WithTimeout(5 * time.Second).Should(BeEmpty())
}

func running(t *testing.T, what string) (found []string) {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), what+"/holdfast-left-running") {
			found = append(found, strings.ReplaceAll(string(data), "\x00", " "))
		}
	}
	return found
}
