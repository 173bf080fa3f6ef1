package compose

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/engine"
)

// anonymous describes an anonymous volume. A volume that the image declares looks
// the same and is not in the compose file.
const anonymous = "an anonymous volume, writable"

// compareMounts lists the differences between the mounts of a service and those of
// a container.
func compareMounts(project *types.Project, service types.ServiceConfig, found engine.Container) (differences []string) {
	want, got := wantedMounts(project, service), actualMounts(service, found)
	targets := maps.Clone(want)
	maps.Copy(targets, got)
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		w, g := want[target], got[target]
		switch {
		case w == g, w == "" && g == anonymous:
		case w == "":
			differences = append(differences, fmt.Sprintf("%s: %s is mounted, the model has nothing", target, g))
		case g == "":
			differences = append(differences, fmt.Sprintf("%s: nothing is mounted, the model has %s", target, w))
		default:
			differences = append(differences, fmt.Sprintf("%s: %s is mounted, the model has %s", target, g, w))
		}
	}
	return differences
}

// wantedMounts describes the mounts of a service by target.
func wantedMounts(project *types.Project, service types.ServiceConfig) map[string]string {
	want := map[string]string{}
	for _, v := range service.Volumes {
		text := describe(v.Type, v.Source, v.ReadOnly)
		switch {
		case v.Type == types.VolumeTypeVolume && v.Source != "":
			text = describe(v.Type, project.Volumes[v.Source].Name, v.ReadOnly)
		case v.Type == types.VolumeTypeTmpfs && v.Tmpfs != nil:
			text = describeTmpfs(int64(v.Tmpfs.Size), v.Tmpfs.Mode)
		case v.Type == types.VolumeTypeTmpfs:
			text = describeTmpfs(0, 0)
		}
		want[path.Clean(v.Target)] = text
	}
	for _, entry := range service.Tmpfs {
		target, options, _ := strings.Cut(entry, ":")
		want[path.Clean(target)] = describeOptions(options)
	}
	return want
}

// actualMounts describes the mounts of a container by target, without the files of
// the service's secrets and configs.
func actualMounts(service types.ServiceConfig, found engine.Container) map[string]string {
	got := map[string]string{}
	for _, m := range found.Mounts {
		source := m.Source
		for _, v := range service.Volumes {
			if v.Type == types.VolumeTypeBind && path.Clean(v.Target) == path.Clean(m.Target) && sameSource(m.Source, v.Source) {
				source = v.Source
			}
		}
		if m.Type == types.VolumeTypeVolume {
			source = m.Name
		}
		if m.Type != types.VolumeTypeTmpfs { // the options are in TmpfsMounts
			got[path.Clean(m.Target)] = describe(m.Type, source, !m.ReadWrite)
		}
	}
	for target, options := range found.Tmpfs {
		got[path.Clean(target)] = describeOptions(options)
	}
	for _, m := range found.TmpfsMounts {
		got[path.Clean(m.Target)] = describeTmpfs(m.TmpfsSize, m.TmpfsMode)
	}
	for _, secret := range service.Secrets {
		delete(got, fileTarget("/run/secrets", secret.Target, secret.Source))
	}
	for _, config := range service.Configs {
		delete(got, fileTarget("/", config.Target, config.Source))
	}
	return got
}

func describe(kind, source string, readOnly bool) string {
	access := "writable"
	if readOnly {
		access = "read-only"
	}
	if kind == types.VolumeTypeVolume && (source == "" || len(source) == 64) {
		return "an anonymous volume, " + access
	}
	return fmt.Sprintf("the %s %s, %s", kind, source, access)
}

func describeTmpfs(size int64, mode uint32) string {
	return fmt.Sprintf("a tmpfs mount of %d bytes with mode %o", size, mode)
}

func describeOptions(options string) string {
	all := strings.FieldsFunc(options, func(r rune) bool { return r == ',' })
	slices.Sort(all)
	return fmt.Sprintf("a tmpfs with the options %q", strings.Join(all, ","))
}

// sameSource also accepts a path as Docker Desktop reports it: this machine's
// path below a directory of its virtual machine.
func sameSource(got, want string) bool {
	if got == want {
		return true
	}
	if real, err := filepath.EvalSymlinks(want); err == nil && got == real {
		return true
	}
	for _, prefix := range []string{"/host_mnt", "/run/desktop/mnt/host"} {
		if inside, ok := strings.CutPrefix(got, prefix); ok && strings.HasSuffix(filepath.ToSlash(strings.ReplaceAll(want, ":", "")), inside) {
			return true
		}
	}
	return false
}

func fileTarget(base, target, source string) string {
	if target == "" {
		target = source
	}
	if path.IsAbs(target) {
		return path.Clean(target)
	}
	return path.Join(base, target)
}
