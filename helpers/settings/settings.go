// Package settings lists the environment variables of Holdfast. The docker
// CLI's variables (DOCKER_HOST, DOCKER_CONTEXT, ...) keep their meaning and are
// not listed here.
package settings

import (
	"os"
	"path/filepath"
	"strconv"
)

// Setting is one environment variable.
type Setting struct {
	Name    string // the variable, with the prefix HOLDFAST_
	Default string // the value if it is unset, as shown to users
	Use     string // one sentence for the README's table
	// Internal marks a variable that one part of Holdfast sets for another.
	Internal bool
}

// The settings. Each is read by the code that needs it.
var (
	Disposable = Setting{"HOLDFAST_DISPOSABLE", "0",
		"`1`: nothing on this engine is worth keeping; run the specs that prune everything, use the lesson's literal names or restart the engine, too", false}
	Keep = Setting{"HOLDFAST_KEEP", "0",
		"`1`: keep the resources of failed specs and print how to inspect them", false}
	RequireAll = Setting{"HOLDFAST_REQUIRE_ALL", "0",
		"`1`: an unverified claim fails the run", false}
	Mirror = Setting{"HOLDFAST_REGISTRY_MIRROR", "",
		"registry (`host:port` or `host/prefix`) from which to pull the lesson's images, instead of Docker Hub", false}
	Images = Setting{"HOLDFAST_IMAGES", "",
		"directory of image archives (`*.tar`) to load instead of pulling", false}
	Lesson = Setting{"HOLDFAST_LESSON", "fixtures/lessons/volumes-and-persistent-data.md",
		"another copy of the lesson to judge", false}
	Compose = Setting{"HOLDFAST_COMPOSE", "",
		"your own compose file for the strategy checks", false}
	Strategy = Setting{"HOLDFAST_STRATEGY", "development",
		"the rules for HOLDFAST_COMPOSE: `development` or `production`", false}
	Cache = Setting{"HOLDFAST_CACHE", "`holdfast` in the user's cache directory",
		"directory for lab root file systems, built images and the records of live runs", false}
	Work = Setting{"HOLDFAST_WORK", "`work` in the directory of the reports",
		"directory for the sources of bind mounts; the engine must see it", false}
	Lab = Setting{"HOLDFAST_LAB", "docker-trixie",
		"lab release to start if no engine answers; `off`: never start one", false}
	Soak = Setting{"HOLDFAST_SOAK", "20",
		"number of runs of the whole suite by `make soak`", false}
	Speed = Setting{"HOLDFAST_SPEED", "30",
		"seconds that `make speed` measures", false}
	Release = Setting{"HOLDFAST_ENGINE_RELEASE", "",
		"lab release under test", true}
	Control = Setting{"HOLDFAST_ENGINE_CONTROL", "",
		"UNIX socket that restarts or crashes a lab engine", true}
	Sharing = Setting{"HOLDFAST_ENGINE_SHARING", "",
		"how a lab engine gets this host's files: `native`, `sshfs`, `virtiofs`, `9p` or `none`", true}
	VM = Setting{"HOLDFAST_ENGINE_VM", "",
		"`1`: the engine runs in a virtual machine", true}
	Netns = Setting{"HOLDFAST_ENGINE_NETNS", "",
		"network namespace in which the engine publishes ports, if it is not this process's own", true}
)

// All lists every setting, in the order of the README's table.
var All = []Setting{
	Disposable, Keep, RequireAll, Mirror, Images, Lesson, Compose, Strategy,
	Cache, Work, Lab, Soak, Speed, Release, Control, Sharing, VM, Netns,
}

// Get returns the variable's value, or "" if it is unset.
func (s Setting) Get() string { return os.Getenv(s.Name) }

// On reports whether the variable has a true value (1, t, true, ...).
func (s Setting) On() bool {
	on, _ := strconv.ParseBool(s.Get())
	return on
}

// CacheDir returns the directory for files that outlive a run. It may not exist yet.
func CacheDir() string {
	if dir := Cache.Get(); dir != "" {
		return dir
	}
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "holdfast")
}

// Root returns the module's root: the nearest directory with a go.mod, from the
// working directory upwards, or the working directory if there is none. Ginkgo
// runs a suite in its own directory. The root of a standalone program is the
// directory in which it was started.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil || Standalone {
		return dir, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return dir, nil
		}
	}
}

// Reports returns the directory of all reports, relative to a suite's own directory.
func Reports() string {
	if Standalone {
		return StandaloneReports
	}
	return filepath.Join("..", "..", "reports", "out")
}

// StandaloneReports is the directory of a standalone program's reports, in the
// directory in which it was started.
const StandaloneReports = "holdfast-reports"

// AtRoot returns a path that a user gave as an absolute one: a relative path
// starts at the module's root, where commands are typed.
func AtRoot(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	root, err := Root()
	return filepath.Join(root, path), err
}
