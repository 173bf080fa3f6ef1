package compose

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// Labels that Compose sets.
const (
	projectLabel = "com.docker.compose.project"
	serviceLabel = "com.docker.compose.service"
	oneOffLabel  = "com.docker.compose.oneoff"
	volumeLabel  = "com.docker.compose.volume"
)

// ProbeVariable is set for every project: use `image: ${HOLDFAST_PROBE}` for the
// probe image.
const ProbeVariable = "HOLDFAST_PROBE"

// defaultFiles are the files that Compose looks for, in its order.
var defaultFiles = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}

// Project is a compose project in a sandbox.
type Project struct {
	Name string       // unique; Compose scopes names by it
	Dir  *sandbox.Dir // the copy that runs; specs may edit it

	box       *sandbox.Box
	tool      Tool
	files     []string // below Dir, in merge order
	env       map[string]string
	override  string            // the generated file
	stripped  string            // directory for copies without ports, for an old Compose
	started   map[string]string // the start time that was counted, by container id
	anonymous []string          // volumes without labels
}

// FromFS copies a project into the sandbox's work directory. Without files, it
// uses those that Compose would find. It starts nothing; the sandbox removes what
// is started later. Starting a project that binds files skips the spec if the
// engine does not see this machine's files.
func FromFS(ctx context.Context, box *sandbox.Box, tool Tool, source fs.FS, files ...string) *Project {
	GinkgoHelper()
	p := &Project{
		Name: box.Name("project"), Dir: box.LocalDir(ctx), box: box, tool: tool, files: files,
		env: map[string]string{ProbeVariable: box.ProbeImage()}, started: map[string]string{},
	}
	p.Dir.Copy(source)
	if len(files) == 0 {
		must(p.findFiles())
	}
	// The project's own directory stays as its author wrote it.
	aside := box.LocalDir(ctx)
	p.override, p.stripped = filepath.Join(aside.Path, "holdfast.override.yaml"), aside.Path
	box.Cleanup("project "+p.Name, p.remove)
	return p
}

func (p *Project) findFiles() error {
	for i, name := range defaultFiles {
		if _, err := os.Stat(filepath.Join(p.Dir.Path, name)); err != nil {
			continue
		}
		p.files = []string{name}
		for _, extension := range []string{".yaml", ".yml"} {
			override := strings.TrimSuffix(defaultFiles[i], filepath.Ext(name)) + ".override" + extension
			if _, err := os.Stat(filepath.Join(p.Dir.Path, override)); err == nil {
				p.files = append(p.files, override)
				break
			}
		}
		return nil
	}
	return fmt.Errorf("the project has no file named %s", strings.Join(defaultFiles, " or "))
}

// Setenv sets an environment variable for later commands. It takes precedence
// over the project's .env file.
func (p *Project) Setenv(name, value string) *Project {
	p.env[name] = value
	return p
}

// Model returns the project as compose-go reads it, without what the sandbox adds.
// The error is a *model.LoadError: compose-go's message with file and line.
func (p *Project) Model(ctx context.Context) (*model.Project, error) {
	var files []string
	for _, file := range p.files {
		files = append(files, filepath.Join(p.Dir.Path, file))
	}
	return model.Load(ctx, model.Options{Name: p.Name, Dir: p.Dir.Path, Env: p.environment()}, files...)
}

// Container inspects the service's first container. ok is false if it has none.
func (p *Project) Container(ctx context.Context, service string) (found engine.Container, ok bool) {
	GinkgoHelper()
	all, err := p.containers(ctx, service)
	must(err)
	if len(all) == 0 {
		return engine.Container{}, false
	}
	found, err = p.box.Engine().InspectContainer(ctx, all[0].ID)
	must(err)
	return found, true
}

// Service returns the service's first container. The spec fails if it has none.
// After a recreation, call it again.
func (p *Project) Service(ctx context.Context, service string) *sandbox.Container {
	GinkgoHelper()
	all, err := p.containers(ctx, service)
	must(err)
	if len(all) == 0 {
		Fail(fmt.Sprintf("project %s has no container of service %q", p.Name, service))
	}
	return p.box.Container(all[0].ID, strings.TrimPrefix(all[0].Name, "/"))
}

// Volume returns the name of the volume that the compose file declares as key.
func (p *Project) Volume(ctx context.Context, key string) string {
	GinkgoHelper()
	project, err := p.Model(ctx)
	must(err)
	volume, ok := project.Volumes[key]
	if !ok {
		Fail(fmt.Sprintf("project %s has no volume %q", p.Name, key))
	}
	return volume.Name
}

// HasVolume reports whether the engine has the volume that the compose file
// declares as key.
func (p *Project) HasVolume(ctx context.Context, key string) bool {
	GinkgoHelper()
	_, err := p.box.Engine().InspectVolume(ctx, p.Volume(ctx, key))
	if err != nil && !engine.IsNotFound(err) {
		must(err)
	}
	return err == nil
}

// containers lists the containers of a service, or of all if service is empty.
func (p *Project) containers(ctx context.Context, service string) ([]engine.Container, error) {
	labels := []string{projectLabel + "=" + p.Name, oneOffLabel + "=False"}
	if service != "" {
		labels = append(labels, serviceLabel+"="+service)
	}
	found, err := p.box.Engine().ListContainers(ctx, labels...)
	slices.SortFunc(found, func(a, b engine.Container) int { return strings.Compare(a.Name, b.Name) })
	return found, err
}

// look counts the containers that the last command started, for the evidence,
// and records their anonymous volumes, which have no labels.
func (p *Project) look(ctx context.Context) (started int, err error) {
	// A spec that exceeded its deadline still has to know what to remove.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	all, err := p.box.Engine().ListContainers(ctx, projectLabel+"="+p.Name)
	if err != nil {
		return 0, err
	}
	for _, one := range all {
		found, err := p.box.Engine().InspectContainer(ctx, one.ID)
		if engine.IsNotFound(err) {
			continue
		}
		if err != nil {
			return started, err
		}
		if began, _ := time.Parse(time.RFC3339Nano, found.StartedAt); began.Year() > 1 && p.started[found.ID] != found.StartedAt {
			p.started[found.ID] = found.StartedAt
			started++
		}
		for _, mount := range found.Mounts {
			if mount.Type != "volume" || slices.Contains(p.anonymous, mount.Name) {
				continue
			}
			if !run.IsAnonymous(mount.Name) {
				continue
			}
			if err := run.From(ctx).Record(mount.Name); err != nil {
				return started, err
			}
			p.anonymous = append(p.anonymous, mount.Name)
		}
	}
	return started, nil
}

// must fails the spec on an error.
func must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}
