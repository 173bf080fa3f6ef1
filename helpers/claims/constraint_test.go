package claims

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"
)

var (
	bookworm = engine.Facts{Engine: result.Engine{Name: "docker", Version: "20.10.24+dfsg1", API: "1.41", Kernel: "6.1.0-13-amd64", Provider: "lab"}, SharesFiles: true}
	sid      = engine.Facts{Engine: result.Engine{Name: "docker", Version: "28.5.2+dfsg4", API: "1.51", Kernel: "6.18.44-x", Compose: "5.6.0"}, SharesFiles: true}
	head     = engine.Facts{Engine: result.Engine{Name: "docker", Version: "library-import", API: "1.56"}, SharesFiles: true, LiveRestore: true, Snapshotter: true}
	podman   = engine.Facts{Engine: result.Engine{Name: "podman", Version: "5.8.6", API: "1.44", Rootless: true}}
)

func TestConstraint(t *testing.T) {
	for _, c := range []struct {
		text string
		want [4]bool // bookworm, sid, head, podman
	}{
		{"", [4]bool{true, true, true, true}},
		{"docker", [4]bool{true, true, true, false}},
		{"docker >= 23.0", [4]bool{false, true, true, false}},
		{"docker < 23.0", [4]bool{true, false, false, false}},
		{"podman", [4]bool{false, false, false, true}},
		{"podman >= 5 and podman < 6", [4]bool{false, false, false, true}},
		{"docker < 23.0 or podman", [4]bool{true, false, false, true}},
		{"api >= 1.42", [4]bool{false, true, true, true}},
		{"api >= 1.42 and not podman", [4]bool{false, true, true, false}},
		{"not (docker or podman)", [4]bool{}},
		{"docker = 28.5.2", [4]bool{false, true, false, false}},
		{"docker != 28.5.2", [4]bool{true, false, true, false}},
		{"kernel >= 6.2", [4]bool{false, true, false, false}},
		{"compose >= 2", [4]bool{false, true, false, false}},
		{"rootless or lab", [4]bool{true, false, false, true}},
		{"remote", [4]bool{false, false, false, true}},
		{"liverestore", [4]bool{false, false, true, false}},
		{"containerd", [4]bool{false, false, true, false}},
		// and binds closer than or
		{"podman or docker and lab", [4]bool{true, false, false, true}},
	} {
		t.Run(c.text, func(t *testing.T) {
			constraint, err := ParseConstraint(c.text)
			if err != nil {
				t.Fatal(err)
			}
			for i, facts := range []engine.Facts{bookworm, sid, head, podman} {
				if got := constraint.On(facts); got != c.want[i] {
					t.Errorf("on %s %s: %t", facts.Name, facts.Version, got)
				}
			}
		})
	}
}

func TestConstraintKnowsSharings(t *testing.T) {
	inVM := func(sharing string) engine.Facts {
		return engine.Facts{Engine: result.Engine{Name: "docker", Sharing: sharing, VM: true}, SharesFiles: true}
	}
	sshfs := engine.Facts{Engine: result.Engine{Name: "docker", Sharing: "sshfs"}, SharesFiles: true}
	for _, c := range []struct {
		text string
		want [4]bool // bookworm, sshfs, virtiofs in a VM, 9p in a VM
	}{
		{"sshfs", [4]bool{false, true, false, false}},
		{"virtiofs", [4]bool{false, false, true, false}},
		{"9p", [4]bool{false, false, false, true}},
		{"vm", [4]bool{false, false, true, true}},
		{"not vm", [4]bool{true, true, false, false}},
		{"sshfs or 9p or docker < 23.0", [4]bool{true, true, false, true}},
		{"vm and not 9p", [4]bool{false, false, true, false}},
	} {
		t.Run(c.text, func(t *testing.T) {
			constraint, err := ParseConstraint(c.text)
			if err != nil {
				t.Fatal(err)
			}
			for i, facts := range []engine.Facts{bookworm, sshfs, inVM("virtiofs"), inVM("9p")} {
				if got := constraint.On(facts); got != c.want[i] {
					t.Errorf("sharing %q: %t", facts.Sharing, got)
				}
			}
		})
	}
}

func TestConstraintRefusesNonsense(t *testing.T) {
	for _, text := range []string{
		"docker =>", "docker >= ", "docker >= x", "whale", "docker and", "or docker", "(docker", "docker)", "api", "docker 23",
		"docker >= 23.0 podman", "docker ~ 23", strings.Repeat("(", 1000), `docker("", "")`, "podman && docker >= x", "-docker", "9", "docker >= 9p", "9px",
	} {
		if _, err := ParseConstraint(text); err == nil || !strings.Contains(err.Error(), "bad engine constraint") {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzConstraint(f *testing.F) {
	for _, seed := range []string{"docker >= 23.0", "podman or (docker < 23 and rootless)", "not (api >= 1.42)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if constraint, err := ParseConstraint(text); err == nil {
			constraint.On(sid)
		}
	})
}
