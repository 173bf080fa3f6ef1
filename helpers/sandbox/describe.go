package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
)

// describe returns the docker command that creates the container ("create",
// "run", "run -d"), for evidence. Docker's CLI cannot disable networking as
// the API can; such a container is described as the API call that it was.
func describe(verb string, spec engine.ContainerSpec) string {
	words := slices.Concat(flags(spec), []string{spec.Image}, spec.Cmd)
	if spec.Network == "" {
		return fmt.Sprintf("API: %s %s with networking disabled: %s", verb, spec.Name, evidence.Command(words...))
	}
	return evidence.Command(slices.Concat([]string{"docker"}, strings.Fields(verb), []string{"--name", spec.Name, "--network", spec.Network}, words)...)
}

// flags returns the flags of `docker run` that stand for a specification.
func flags(spec engine.ContainerSpec) (words []string) {
	add := func(set bool, flag ...string) {
		if set {
			words = append(words, flag...)
		}
	}
	add(spec.OpenStdin, "-i")
	add(spec.Interactive, "-it")
	add(spec.HostUsers, "--userns", "host")
	add(spec.ReadOnlyRoot, "--read-only")
	add(spec.User != "", "--user", spec.User)
	add(spec.WorkingDir != "", "--workdir", spec.WorkingDir)
	add(spec.Memory != 0, "--memory", fmt.Sprint(spec.Memory))
	add(spec.ShmSize != 0, "--shm-size", fmt.Sprint(spec.ShmSize))
	add(len(spec.Entrypoint) > 0, "--entrypoint", strings.Join(spec.Entrypoint, " "))
	for _, group := range spec.GroupAdd {
		add(true, "--group-add", group)
	}
	for _, variable := range spec.Env {
		add(true, "--env", variable)
	}
	for _, volume := range slices.Concat(spec.Binds, spec.Anonymous) {
		add(true, "-v", volume)
	}
	for _, target := range slices.Sorted(maps.Keys(spec.Tmpfs)) {
		add(true, "--tmpfs", strings.TrimSuffix(target+":"+spec.Tmpfs[target], ":"))
	}
	for _, m := range spec.Mounts {
		add(true, "--mount", mountFlag(m))
	}
	for _, from := range spec.VolumesFrom {
		add(true, "--volumes-from", from)
	}
	return words
}

// mountFlag returns the value of a `--mount` flag.
func mountFlag(m engine.Mount) string {
	fields := []string{"type=" + m.Type}
	add := func(set bool, format string, value any) {
		if set {
			fields = append(fields, fmt.Sprintf(format, value))
		}
	}
	add(m.Source != "", "source=%s", m.Source)
	fields = append(fields, "target="+m.Target)
	add(m.ReadOnly, "readonly=%t", true)
	add(m.NoCopy, "volume-nocopy=%t", true)
	add(m.Subpath != "", "volume-subpath=%s", m.Subpath)
	add(m.NonRecursive, "bind-nonrecursive=%t", true)
	add(m.TmpfsSize != 0, "tmpfs-size=%d", m.TmpfsSize)
	add(m.TmpfsMode != 0, "tmpfs-mode=%o", m.TmpfsMode)
	for _, key := range slices.Sorted(maps.Keys(m.Labels)) {
		add(true, "volume-label=%s", key+"="+m.Labels[key])
	}
	return strings.Join(fields, ",")
}

// outcome is an error's text, or what was seen without one.
func outcome(err error, saw string) string {
	if err != nil {
		return err.Error()
	}
	return saw
}
