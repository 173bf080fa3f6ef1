package compose

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// Compare lists the differences between the running project and its model: in
// each service container's mounts and tmpfs, and in each volume's name, driver,
// options and labels. A service without a container is a difference.
func (p *Project) Compare(ctx context.Context) (differences []string) {
	GinkgoHelper()
	project, err := p.Model(ctx)
	must(err)
	for _, name := range project.ServiceNames() {
		containers, err := p.containers(ctx, name)
		must(err)
		if len(containers) == 0 {
			differences = append(differences, fmt.Sprintf("service %s: no container", name))
		}
		for _, c := range containers {
			found, err := p.box.Engine().InspectContainer(ctx, c.ID)
			must(err)
			for _, difference := range compareMounts(project.Project, project.Services[name], found) {
				differences = append(differences, fmt.Sprintf("service %s, container %s: %s", name, strings.TrimPrefix(c.Name, "/"), difference))
			}
		}
	}
	for _, key := range project.VolumeNames() {
		name := project.Volumes[key].Name
		found, err := p.box.Engine().InspectVolume(ctx, name)
		if engine.IsNotFound(err) {
			if used(project.Project, key) { // Compose creates only volumes that a service uses
				differences = append(differences, fmt.Sprintf("volume %s: the engine has no volume %s", key, name))
			}
			continue
		}
		must(err)
		for _, difference := range compareVolume(project.Project, key, found) {
			differences = append(differences, fmt.Sprintf("volume %s (%s): %s", key, name, difference))
		}
	}
	p.box.Did(evidence.Step{Did: "API: compare the project's model with the output of inspect", Saw: cmp.Or(strings.Join(differences, "\n"), "no difference")})
	return differences
}

func compareVolume(project *types.Project, key string, found engine.Volume) (differences []string) {
	volume := project.Volumes[key]
	if volume.External {
		if owner := found.Labels[projectLabel]; owner == project.Name {
			differences = append(differences, "it is external and has this project's label")
		}
		return differences
	}
	wanted := map[string]string{projectLabel: project.Name, volumeLabel: key}
	maps.Copy(wanted, volume.Labels)
	for _, label := range slices.Sorted(maps.Keys(wanted)) {
		if got, has := found.Labels[label]; !has || got != wanted[label] {
			differences = append(differences, fmt.Sprintf("label %s is %q, not %q", label, got, wanted[label]))
		}
	}
	driver := cmp.Or(volume.Driver, "local")
	if found.Driver != driver {
		differences = append(differences, fmt.Sprintf("its driver is %q, not %q", found.Driver, driver))
	}
	for _, option := range slices.Sorted(maps.Keys(volume.DriverOpts)) {
		if found.Options[option] != volume.DriverOpts[option] {
			differences = append(differences, fmt.Sprintf("option %s is %q, not %q", option, found.Options[option], volume.DriverOpts[option]))
		}
	}
	return differences
}

func used(project *types.Project, key string) bool {
	for _, service := range project.Services {
		if slices.ContainsFunc(service.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == types.VolumeTypeVolume && v.Source == key }) {
			return true
		}
	}
	return false
}
