// Command dist builds the conformance suite as one self-contained file for each
// platform, into reports/out/dist, with checksums and a bill of materials. Arguments
// select platforms, such as linux/amd64. The same commit and the same Go version give
// the same files.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/settings"
)

// platforms are those that files are built for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64"}

// largest is the greatest allowed size of a file, in bytes.
const largest = 40 << 20

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	wanted := os.Args[1:]
	if len(wanted) == 0 {
		wanted = platforms
	}
	if err := dist(ctx, wanted); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func dist(ctx context.Context, wanted []string) error {
	chosen := make([]platform, len(wanted))
	for i, name := range wanted {
		var err error
		if chosen[i], err = parse(name); err != nil {
			return err
		}
	}
	root, err := settings.Root()
	if err != nil {
		return err
	}
	out := filepath.Join(root, "reports", "out", "dist")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	b, err := newBuilder(ctx, root)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	var sums strings.Builder
	for _, p := range chosen {
		file := filepath.Join(out, p.file())
		if err := b.suite(ctx, p, file); err != nil {
			return err
		}
		modules, err := b.modules(ctx, p)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if len(data) > largest {
			return fmt.Errorf("%s has %d bytes, more than the %d allowed", file, len(data), largest)
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		if err := writeBOM(file+".cdx.json", b.version, p, sum, modules); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, p.file())
		fmt.Printf("%s  %s  %.1f MB\n", sum, p.file(), float64(len(data))/1e6)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// platform is an operating system and an architecture, as Go names them.
type platform struct{ os, arch string }

func parse(name string) (platform, error) {
	system, arch, found := strings.Cut(name, "/")
	if !found {
		return platform{}, fmt.Errorf("%q is no platform; one is linux/amd64", name)
	}
	return platform{system, arch}, nil
}

// file returns the name of the platform's file.
func (p platform) file() string {
	name := "holdfast-" + p.os + "-" + p.arch
	if p.os == "windows" {
		name += ".exe"
	}
	return name
}
