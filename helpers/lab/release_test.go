package lab

import (
	"slices"
	"strings"
	"testing"
)

const valid = `name: docker-test
engine: docker
description: for a test
suite: trixie
packages: [docker.io]
command: [dockerd, --host, "unix://{socket}"]
dataRoot: /var/lib/docker
expect: ~26.1
`

func TestParseRelease(t *testing.T) {
	for _, test := range []struct {
		name, from, to string // what to replace in the valid one
		want           string // prefix of the error
	}{
		{"valid", "", "", ""},
		{"unknown key", "suite:", "siute:", "docker-test.yaml:4: "},
		{"key twice", "suite: trixie", "name: trixie", "docker-test.yaml:4: "},
		{"wrong type", "[docker.io]", "{a: b}", "docker-test.yaml:5: "},
		{"no YAML", "engine: docker", "engine: [docker", "docker-test.yaml:"},
		{"another name", "docker-test", "docker-other", `docker-test.yaml:1: name: must be "docker-test"`},
		{"unknown engine", "engine: docker", "engine: rkt", "docker-test.yaml:2: engine: must be docker or podman"},
		{"no suite", "suite: trixie\n", "", "docker-test.yaml:1: suite: "},
		{"no packages", "[docker.io]", "[]", "docker-test.yaml:5: packages: "},
		{"option as package", "[docker.io]", `["--x"]`, `docker-test.yaml:5: packages: "--x"`},
		{"no socket", "{socket}", "here", "docker-test.yaml:6: command: "},
		{"data everywhere", "/var/lib/docker", "/", "docker-test.yaml:7: dataRoot: "},
		{"unknown sharing", "expect:", "sharing: nfs\nexpect:", "docker-test.yaml:8: sharing: must be one of "},
		{"virtiofs without a virtual machine", "expect:", "sharing: virtiofs\nexpect:", "docker-test.yaml:8: sharing: must be virtiofs or 9p"},
		{"virtual machine without memory", "expect:", "vm: {}\nexpect:", "docker-test.yaml:8: vm: memory must be"},
		{"no constraint", "~26.1", "new", "docker-test.yaml:8: expect: "},
		{"relative file", "suite:", "files: {etc/x: y}\nsuite:", `docker-test.yaml:4: files: "etc/x"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := strings.Replace(valid, test.from, test.to, 1)
			_, err := parseRelease("docker-test.yaml", []byte(content))
			switch {
			case test.want == "" && err != nil:
				t.Fatalf("refused: %v", err)
			case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
				t.Fatalf("got error %v, want the prefix %q", err, test.want)
			}
		})
	}
}

func FuzzParseRelease(f *testing.F) {
	f.Add(valid)
	f.Add("a: [")
	f.Fuzz(func(t *testing.T, content string) {
		if _, err := parseRelease("docker-test.yaml", []byte(content)); err != nil &&
			!strings.HasPrefix(err.Error(), "docker-test.yaml:") {
			t.Fatalf("the error does not name the file: %v", err)
		}
	})
}

func TestReleases(t *testing.T) {
	releases, err := Releases()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(releases, func(r Release) bool { return r.Name == DefaultRelease }) {
		t.Fatalf("the default release %s is not among %d", DefaultRelease, len(releases))
	}
	for _, r := range releases {
		named := strings.HasPrefix(r.Name, r.Engine+"-") || r.Engine == "docker" && strings.HasPrefix(r.Name, "moby-")
		if !named || r.Description == "" || r.Expect == "" {
			t.Errorf("%s lacks a field or has the wrong prefix: engine %q, description %q, expect %q", r.Name, r.Engine, r.Description, r.Expect)
		}
	}
	for _, name := range []string{"podman-bookworm", "podman-trixie", "podman-sid"} {
		r, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		// Podman needs a policy to load images, and crun refuses hosts with both versions of cgroups.
		if r.Files["/etc/containers/policy.json"] == "" || !strings.Contains(r.Files["/etc/containers/containers.conf"], `runtime = "runc"`) {
			t.Errorf("%s lacks a file that Podman needs in the lab; it has %v", name, r.Files)
		}
	}
	if _, err := Find("nope"); err == nil || !strings.Contains(err.Error(), DefaultRelease) {
		t.Fatalf("the error for an unknown release does not list the known ones: %v", err)
	}
}

func TestExpectedVersion(t *testing.T) {
	for _, test := range []struct {
		version, upstream, expect string
		want                      bool
	}{
		{"26.1.5+dfsg1-9+b11", "26.1.5", "~26.1", true},
		{"20.10.24+dfsg1-1+deb12u1+b6", "20.10.24", "~20.10", true},
		{"1:28.5.2~rc1", "28.5.2", ">=29", false},
		{"29-1", "29", "", true},
		{"odd", "", ">=1", false},
	} {
		if got := upstream(test.version); got != test.upstream {
			t.Errorf("upstream(%q) = %q, want %q", test.version, got, test.upstream)
		}
		if got := (Release{Expect: test.expect}).asExpected(test.version); got != test.want {
			t.Errorf("asExpected(%q) with %q = %t, want %t", test.version, test.expect, got, test.want)
		}
	}
}
