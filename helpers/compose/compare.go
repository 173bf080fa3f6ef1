package compose

import (
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
// options and labels.
func (p *Project) Compare(ctx context.Context) []string {
	GinkgoHelper()
	project, err := p.Model(ctx)
	must(err)
	differences, err := Compare(ctx, project.Project, p.box.Engine())
	must(err)
	saw := "no difference"
	if len(differences) > 0 {
		saw = strings.Join(differences, "\n")
	}
	p.box.Did(evidence.Step{Did: "compare the project's model with the output of inspect", Saw: saw})
	return differences
}

// Compare lists the differences between a project on an engine and its model. A
// service without a container is a difference.
func Compare(ctx context.Context, project *types.Project, e *engine.Engine) ([]string, error) {
	var differences []string
	for _, name := range slices.Sorted(maps.Keys(project.Services)) {
		containers, err := e.ListContainers(ctx, projectLabel+"="+project.Name, serviceLabel+"="+name, oneOffLabel+"=False")
		if err != nil {
			return nil, err
		}
		if len(containers) == 0 {
			differences = append(differences, fmt.Sprintf("service %s: no container", name))
		}
		for _, c := range containers {
			found, err := e.InspectContainer(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			for _, difference := range compareMounts(project, project.Services[name], found) {
				differences = append(differences, fmt.Sprintf("service %s, container %s: %s", name, strings.TrimPrefix(c.Name, "/"), difference))
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(project.Volumes)) {
		volume := project.Volumes[key]
		found, err := e.InspectVolume(ctx, volume.Name)
		switch {
		case engine.IsNotFound(err) && !used(project, key):
			// Compose creates only volumes that a service uses.
		case engine.IsNotFound(err):
			differences = append(differences, fmt.Sprintf("volume %s: the engine has no volume %s", key, volume.Name))
		case err != nil:
			return nil, err
		default:
			for _, difference := range compareVolume(project, key, found) {
				differences = append(differences, fmt.Sprintf("volume %s (%s): %s", key, volume.Name, difference))
			}
		}
	}
	return differences, nil
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
	driver := volume.Driver
	if driver == "" {
		driver = "local"
	}
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
		for _, mount := range service.Volumes {
			if mount.Type == types.VolumeTypeVolume && mount.Source == key {
				return true
			}
		}
	}
	return false
}
