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

// compareMounts compares the mounts of a service with those of a container, by target.
func compareMounts(project *types.Project, service types.ServiceConfig, found engine.Container) (differences []string) {
	differ := func(target, format string, args ...any) {
		differences = append(differences, target+": "+fmt.Sprintf(format, args...))
	}
	byTarget := map[string]engine.MountPoint{}
	for _, mount := range found.Mounts {
		byTarget[path.Clean(mount.Target)] = mount
	}
	known := map[string]bool{}
	for _, want := range service.Volumes {
		target := path.Clean(want.Target)
		known[target] = true
		if want.Type == types.VolumeTypeTmpfs {
			for _, difference := range compareTmpfs(want, found) {
				differ(target, "%s", difference)
			}
			continue
		}
		got, has := byTarget[target]
		if !has {
			differ(target, "nothing is mounted, the model has a %s", want.Type)
			continue
		}
		if got.Type != want.Type {
			differ(target, "a %s is mounted, the model has a %s", got.Type, want.Type)
			continue
		}
		if difference := compareSource(project, want, got); difference != "" {
			differ(target, "%s", difference)
		}
		if got.ReadWrite == want.ReadOnly {
			differ(target, "it is %s, in the model %s", access(got.ReadWrite), access(!want.ReadOnly))
		}
	}
	for _, entry := range service.Tmpfs {
		target, options, _ := strings.Cut(entry, ":")
		known[path.Clean(target)] = true
		got, has := found.Tmpfs[target]
		if !has {
			differ(target, "no tmpfs is mounted, the model has one")
		} else if !sameOptions(got, options) {
			differ(target, "the tmpfs has the options %q, in the model %q", got, options)
		}
	}
	for _, secret := range service.Secrets {
		known[fileTarget("/run/secrets", secret.Target, secret.Source)] = true
	}
	for _, config := range service.Configs {
		known[fileTarget("/", config.Target, config.Source)] = true
	}
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		got := byTarget[target]
		// A volume that the image declares is not in the compose file.
		if !known[target] && !(got.Type == types.VolumeTypeVolume && len(got.Name) == 64) {
			differ(target, "a %s is mounted (%s), the model has nothing", got.Type, got.Name+got.Source)
		}
	}
	for _, target := range slices.Sorted(maps.Keys(found.Tmpfs)) {
		if !known[path.Clean(target)] {
			differ(target, "a tmpfs is mounted, the model has nothing")
		}
	}
	return differences
}

func compareSource(project *types.Project, want types.ServiceVolumeConfig, got engine.MountPoint) string {
	switch {
	case want.Type == types.VolumeTypeBind && !sameSource(got.Source, want.Source):
		return fmt.Sprintf("its source is %s, in the model %s", got.Source, want.Source)
	case want.Type != types.VolumeTypeVolume:
	case want.Source == "" && len(got.Name) != 64:
		return fmt.Sprintf("it is the volume %s, in the model an anonymous one", got.Name)
	case want.Source != "" && got.Name != project.Volumes[want.Source].Name:
		return fmt.Sprintf("it is the volume %s, in the model %s", got.Name, project.Volumes[want.Source].Name)
	}
	return ""
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

func compareTmpfs(want types.ServiceVolumeConfig, found engine.Container) (differences []string) {
	at := slices.IndexFunc(found.TmpfsMounts, func(m engine.Mount) bool { return m.Target == want.Target })
	if at < 0 {
		return []string{"no tmpfs is mounted, the model has one"}
	}
	got, wanted := found.TmpfsMounts[at], types.ServiceVolumeTmpfs{}
	if want.Tmpfs != nil {
		wanted = *want.Tmpfs
	}
	if got.TmpfsSize != int64(wanted.Size) {
		differences = append(differences, fmt.Sprintf("the tmpfs size is %d bytes, in the model %d", got.TmpfsSize, wanted.Size))
	}
	if got.TmpfsMode != wanted.Mode {
		differences = append(differences, fmt.Sprintf("the tmpfs mode is %o, in the model %o", got.TmpfsMode, wanted.Mode))
	}
	return differences
}

func sameOptions(a, b string) bool {
	split := func(options string) []string {
		all := strings.FieldsFunc(options, func(r rune) bool { return r == ',' })
		slices.Sort(all)
		return all
	}
	return slices.Equal(split(a), split(b))
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

func access(readWrite bool) string {
	if readWrite {
		return "writable"
	}
	return "read-only"
}
