package images

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// dropped are paths that no container of ours reads, or that describe the build
// machine. The time to load depends on the number of files: these are a quarter.
var dropped = []string{
	"dev", "etc/hostname", "etc/resolv.conf",
	"usr/share/bash-completion", "usr/share/info", "usr/share/lintian", "usr/share/locale", "usr/share/man",
	"var/cache/apt", "var/cache/debconf", "var/cache/ldconfig", "var/lib/apt/lists", "var/log/apt",
}

// conversions and regions are directories of the C library and of time zones.
// Only UTF-8, which needs no file, and UTC, which is in Etc, are used.
const (
	conversions = "/gconv/"
	regions     = "usr/share/zoneinfo/"
)

// kept describes a trimmed root file system.
type kept struct {
	debian   string
	versions map[string]string
}

// trim copies the tar stream of a root file system without unneeded files, and
// adds the command python, as the official image has it.
func trim(from io.Reader, to io.Writer) (kept, error) {
	r, w := tar.NewReader(from), tar.NewWriter(to)
	var found kept
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, fmt.Errorf("reading the root file system: %w", err)
		}
		name := path.Clean(header.Name)
		if name == "." || unneeded(name, header.Typeflag) {
			continue
		}
		header.Name = name
		if header.Typeflag == tar.TypeDir {
			header.Name += "/"
		}
		if header.Typeflag == tar.TypeLink {
			header.Linkname = path.Clean(header.Linkname)
		}
		if err := w.WriteHeader(header); err != nil {
			return found, fmt.Errorf("writing %s: %w", name, err)
		}
		content := io.Reader(r)
		switch name {
		case "etc/debian_version", "var/lib/dpkg/status":
			data, err := io.ReadAll(r)
			if err != nil {
				return found, fmt.Errorf("reading %s: %w", name, err)
			}
			content = bytes.NewReader(data)
			if name == "etc/debian_version" {
				found.debian = strings.TrimSpace(string(data))
			} else {
				found.versions = upstreamVersions(bytes.NewReader(data))
			}
		}
		if _, err := io.Copy(w, content); err != nil {
			return found, fmt.Errorf("writing %s: %w", name, err)
		}
	}
	if found.versions["python3"] == "" {
		return found, errors.New("the root file system has no python3: its package status does not list it")
	}
	link := &tar.Header{Typeflag: tar.TypeSymlink, Name: "usr/local/bin/python", Linkname: "/usr/bin/python3", Mode: 0o777}
	if err := w.WriteHeader(link); err != nil {
		return found, err
	}
	return found, w.Close()
}

func unneeded(name string, kind byte) bool {
	if ok, _ := path.Match("usr/lib/python3.*/test/*", name); ok {
		return true
	}
	if path.Base(name) == "EXTERNALLY-MANAGED" {
		return true // with it, pip refuses to install anything
	}
	if kind != tar.TypeDir && (strings.Contains(name, conversions) || strings.HasPrefix(name, regions) && !strings.HasPrefix(name, regions+"Etc/")) {
		return true
	}
	if strings.HasPrefix(name, "usr/share/doc/") {
		return kind != tar.TypeDir && path.Base(name) != "copyright"
	}
	for _, dir := range dropped {
		if rest, ok := strings.CutPrefix(name, dir); ok && strings.HasPrefix(rest, "/") {
			return true
		} else if ok && rest == "" {
			return kind != tar.TypeDir // the directories themselves stay
		}
	}
	return false
}

// upstreamVersions reads the upstream versions from dpkg's status: 3.13.5 of 3.13.5-1.
func upstreamVersions(status io.Reader) map[string]string {
	versions := map[string]string{}
	name := ""
	for lines := bufio.NewScanner(status); lines.Scan(); {
		line := lines.Text()
		if value, ok := strings.CutPrefix(line, "Package: "); ok {
			name = value
		} else if value, ok := strings.CutPrefix(line, "Version: "); ok {
			versions[name] = upstream(value)
		}
	}
	return versions
}

func upstream(version string) string {
	if _, rest, ok := strings.Cut(version, ":"); ok {
		version = rest
	}
	if i := strings.LastIndex(version, "-"); i > 0 {
		version = version[:i]
	}
	version, _, _ = strings.Cut(version, "+")
	return version
}
