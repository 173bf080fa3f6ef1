package lab

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/holdfast/holdfast/helpers/nested"
)

const (
	// bootLimit bounds the time from a start of QEMU to the engine's first answer.
	// Emulation takes about 20 s on an idle host.
	bootLimit = 4 * time.Minute
	// kvmLimit bounds the boot to the guest's first process under KVM, which takes
	// about 2 s. Some hosts offer KVM and no guest boots.
	kvmLimit = 15 * time.Second
	// guestAPI is the engine's address in the machine's network namespace.
	guestAPI = "10.0.3.2:2375"
	// vmDir holds the scripts of a virtual machine.
	vmDir = "/usr/local/lib/holdfast"
)

var (
	//go:embed vm.sh
	vmScript string
	//go:embed guest.sh
	guestScript string
)

// vm is an engine's virtual machine.
type vm struct {
	qemu        *service
	engine      *service // in the guest
	socket      string   // of the guest's serial port
	accelerator string   // kvm or tcg
	guest       net.Conn // the serial port
	relay       *relay
}

// newVM prepares the machine's virtual machine. qemu is the service of its first
// process.
func newVM(s *state, netns string, qemu *service) (*vm, error) {
	api := filepath.Join(s.sockets, "docker.sock")
	relay, err := startRelay(api, netns, guestAPI)
	if err != nil {
		return nil, fmt.Errorf("relay the engine's socket: %w", err)
	}
	v := &vm{qemu: qemu, socket: filepath.Join(s.sockets, "guest.sock"), accelerator: "tcg", relay: relay}
	if usableKVM() {
		v.accelerator = "kvm"
	}
	v.engine = &service{log: qemu.log, limit: bootLimit, gone: qemu.gone, changed: make(chan struct{}), send: v.send, end: v.end}
	v.engine.ready = func(ctx context.Context) error { return awaitAnswer(ctx, v.engine, api) }
	start := qemu.send
	qemu.limit, qemu.ready = bootLimit, v.boot
	qemu.send = func(command string) error { return start(command + " " + v.accelerator) }
	return v, nil
}

// boot waits until the guest runs and starts its engine. If KVM does not get that
// far within kvmLimit, it continues with emulation.
func (v *vm) boot(ctx context.Context) error {
	err := v.connect(ctx)
	if err != nil && v.accelerator == "kvm" && ctx.Err() == nil {
		rememberKVM()
		v.accelerator = "tcg"
		if err := v.qemu.stop(ctx, v.powerCut); err != nil {
			return fmt.Errorf("end QEMU, in which KVM did not boot: %w", err)
		}
		if err := v.qemu.command(ctx, "start"); err != nil {
			return err
		}
		err = v.connect(ctx)
	}
	if err != nil {
		return err
	}
	return v.engine.start(ctx)
}

// connect waits for the guest's first line on its serial port.
func (v *vm) connect(ctx context.Context) error {
	if v.accelerator == "kvm" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, kvmLimit, fmt.Errorf("no boot within %s", kvmLimit))
		defer cancel()
	}
	err := until(ctx, 20*time.Millisecond, func() (err error) {
		if running, _, code := v.qemu.state(); !running {
			return permanent{fmt.Errorf("QEMU ended with exit code %s", code)}
		}
		v.guest, err = net.Dial("unix", v.socket)
		return err
	})
	if err != nil {
		return fmt.Errorf("connect to the guest's serial port: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { v.guest.Close() })
	lines := bufio.NewReader(v.guest)
	for line := ""; line != "booted"; line = strings.TrimSpace(line) {
		if line, err = lines.ReadString('\n'); err != nil {
			return fmt.Errorf("the guest did not boot with %s: %w", v.accelerator, errors.Join(context.Cause(ctx), err))
		}
	}
	if !stop() {
		return context.Cause(ctx)
	}
	go func() {
		v.engine.follow(lines)
		v.engine.setRespawn(false)
		v.engine.record(false, "unknown, with its machine")
		v.relay.reset()
	}()
	return nil
}

func (v *vm) send(command string) error {
	_, err := io.WriteString(v.guest, command+"\n")
	return err
}

func (v *vm) end(s syscall.Signal) error {
	if s == syscall.SIGTERM {
		return v.send("terminate")
	}
	return v.send("kill")
}

// powerCut kills QEMU with SIGKILL.
func (v *vm) powerCut() error {
	v.engine.setRespawn(false)
	return v.qemu.end(syscall.SIGKILL)
}

// reboot makes the guest end its engine and reboot, which ends QEMU.
func (v *vm) reboot() error {
	v.engine.setRespawn(false)
	return v.send("reboot")
}

func (v *vm) close() error {
	v.engine.setRespawn(false)
	if v.guest != nil {
		v.guest.Close()
	}
	return v.relay.close()
}

// usableKVM reports whether /dev/kvm can be opened and did not fail since the host booted.
func usableKVM() bool {
	device, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	device.Close()
	failed, err := os.ReadFile(kvmRecord())
	return err != nil || string(failed) != bootID()
}

// rememberKVM records that no guest boots with KVM on this host.
func rememberKVM() { _ = os.WriteFile(kvmRecord(), []byte(bootID()), 0o644) }

func kvmRecord() string {
	dir, _ := rootfsDir()
	return filepath.Join(filepath.Dir(dir), "kvm-failed")
}

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return string(id)
}

// diskScript makes a disk image of a root file system with the root's own
// mkfs.ext4. It mounts the root on its own /mnt to leave out other mounts.
const diskScript = `mount --make-rprivate / && mount --bind "$1/root" "$1/root/mnt" && mount --bind "$1" "$1/root/media" &&
exec chroot "$1/root" mkfs.ext4 -q -d /mnt -E lazy_itable_init=1,lazy_journal_init=1 /media/disk.ext4 20G`

// makeDisk creates disk.ext4 beside a root file system: the disk from which every
// machine of the release boots, each with an overlay of its own.
func makeDisk(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", diskScript, "disk", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a disk image of %s/root: %w; last lines of its output:\n%s", dir, err, nested.LastLines(string(output), 5))
	}
	return nil
}

// engineScript returns a shell script that becomes the engine.
func (r Release) engineScript() string {
	script := "exec env -i"
	for _, word := range append(r.engineEnvironment(), r.engineCommand()...) {
		script += " '" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return script + "\n"
}
