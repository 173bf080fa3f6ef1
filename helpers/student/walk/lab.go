package walk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/helpers/student"
)

// Disposable is a disposable engine with a student's session on it.
type Disposable struct {
	Engine  *engine.Engine
	Session *student.Session
	Tools   result.Tools

	dir     string
	machine *lab.Machine
}

// OpenDisposable opens a session on the engine at hand if that is declared disposable,
// or else on a new one in the lab. It never uses any other engine.
func OpenDisposable(ctx context.Context, progress io.Writer) (d *Disposable, err error) {
	d = &Disposable{Tools: result.Tools{Images: map[string]string{}}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if settings.Disposable.On() {
		d.Engine, err = engine.Connect(ctx)
	} else {
		err = d.startLab(ctx, progress)
	}
	if err != nil {
		return d, err
	}
	tool, err := compose.Find(ctx, progress)
	if err != nil {
		return d, err
	}
	docker, err := student.FindDocker()
	if err != nil {
		return d, err
	}
	version, err := student.DockerVersion(ctx, docker)
	if err != nil {
		return d, err
	}
	d.Tools.Docker, d.Tools.Compose = version.String(), tool.String()
	if err := os.MkdirAll(settings.CacheDir(), 0o755); err != nil {
		return d, err
	}
	if d.dir, err = os.MkdirTemp(settings.CacheDir(), "walk-"); err != nil {
		return d, err
	}
	config := student.Config{Dir: d.dir, Engine: d.Engine.Endpoint.Host, Netns: settings.Netns.Get(),
		Docker: docker, Compose: tool.Path, Plugin: tool.Origin == compose.Plugin, Client: d.Engine.HTTP()}
	if !tool.Buildx {
		config.Env = append(config.Env, "DOCKER_BUILDKIT=0") // an old Compose cannot build otherwise
	}
	d.Session, err = student.NewSession(config)
	return d, err
}

func (d *Disposable) startLab(ctx context.Context, progress io.Writer) error {
	if err := lab.Prepare(ctx, progress); err != nil {
		return fmt.Errorf("the lesson needs a disposable engine, and the lab cannot start one: %w\nIf nothing on your engine is worth keeping, set %s=1", err, settings.Disposable.Name)
	}
	shares, err := lab.DefaultShares()
	if err != nil {
		return err
	}
	if d.machine, err = lab.Start(ctx, settings.Lab.Get(), shares, progress); err != nil {
		return err
	}
	for _, variable := range append(d.machine.Env(), settings.Netns.Name+"="+d.machine.Netns) {
		name, value, _ := strings.Cut(variable, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	d.Engine, err = engine.Connect(ctx)
	return err
}

// Close ends the session and the lab's engine, and removes the student's files.
func (d *Disposable) Close() error {
	var problems []error
	if d.Session != nil {
		problems = append(problems, d.Session.Close())
	}
	if d.Engine != nil {
		problems = append(problems, d.Engine.Close())
	}
	if d.machine != nil {
		problems = append(problems, d.machine.Close())
	}
	if d.dir != "" {
		problems = append(problems, os.RemoveAll(d.dir))
	}
	return errors.Join(problems...)
}

// Clean removes what earlier lessons left on the engine, except for images.
func (d *Disposable) Clean(ctx context.Context) error {
	_, err := clean(ctx, d.Engine)
	return err
}

// Obtain gets the images that a lesson names, or their substitutes. It reports what is
// unavailable, since the lesson's own pull would fail as well.
func (d *Disposable) Obtain(ctx context.Context, l *lesson.Lesson, progress io.Writer) error {
	policy := images.FromSettings(progress)
	policy.Disposable = true
	for _, name := range imagesOf(l) {
		image, err := images.Ensure(ctx, d.Engine, name, policy)
		switch {
		case errors.Is(err, images.ErrUnavailable):
			fmt.Fprintf(progress, "%v\n", err)
		case err != nil:
			return err
		case image.Substitute:
			d.Tools.Images[name] = image.Used + ", a substitute: " + image.Description
		default:
			d.Tools.Images[name] = image.Used
		}
	}
	return nil
}

// Name returns how reports name a lesson's file: relative to the current directory if
// it is below that.
func Name(file string) string {
	if current, err := os.Getwd(); err == nil {
		if below, err := filepath.Rel(current, file); err == nil && filepath.IsLocal(below) {
			return filepath.ToSlash(below)
		}
	}
	return file
}
