// Package settings lists every environment variable that Holdfast reads of
// its own. Docker's (DOCKER_HOST, DOCKER_CONTEXT, ...) keep their meaning and
// are not listed here.
package settings

import (
	"os"
	"path/filepath"
	"strconv"
)

// Setting is one environment variable.
type Setting struct {
	Name    string // the variable, with the prefix HOLDFAST_
	Default string // what is assumed where it is unset, for people
	Use     string // one sentence for the README's table
	// Internal marks what one part of Holdfast tells another; no user needs to set it.
	Internal bool
}

// The settings, each used by exactly the code that imports it.
var (
	Disposable = Setting{"HOLDFAST_DISPOSABLE", "0",
		"`1`: nothing on this engine is worth keeping; specs that prune everything, use the lesson's literal names or restart the engine run too", false}
	Keep = Setting{"HOLDFAST_KEEP", "0",
		"`1`: keep what a failed spec made and print how to look at it", false}
	RequireAll = Setting{"HOLDFAST_REQUIRE_ALL", "0",
		"`1`: an unverified claim fails the run", false}
	Mirror = Setting{"HOLDFAST_REGISTRY_MIRROR", "",
		"registry (`host:port` or `host/prefix`) from which the lesson's images are pulled in place of Docker Hub", false}
	Images = Setting{"HOLDFAST_IMAGES", "",
		"folder of image archives (`*.tar`) that are loaded in place of a pull", false}
	Lesson = Setting{"HOLDFAST_LESSON", "fixtures/lessons/volumes-and-persistent-data.md",
		"another copy of the lesson to judge", false}
	Compose = Setting{"HOLDFAST_COMPOSE", "",
		"a compose file of your own for the strategy checks", false}
	Strategy = Setting{"HOLDFAST_STRATEGY", "development",
		"`development` or `production`: the rules that HOLDFAST_COMPOSE is checked against", false}
	Cache = Setting{"HOLDFAST_CACHE", "the user's cache folder, `holdfast`",
		"folder for lab root file systems, built images and the records of live runs", false}
	Work = Setting{"HOLDFAST_WORK", "reports/out/work",
		"folder for bind-mount sources; the engine must see it", false}
	Lab = Setting{"HOLDFAST_LAB", "docker-trixie",
		"lab release that is started where no engine answers; `off` never starts one", false}
	Soak = Setting{"HOLDFAST_SOAK", "20",
		"how many times `make soak` runs the whole suite", false}
	Release = Setting{"HOLDFAST_ENGINE_RELEASE", "",
		"name of the lab release under test", true}
	Control = Setting{"HOLDFAST_ENGINE_CONTROL", "",
		"UNIX socket of a lab engine's control: restart and crash", true}
	Sharing = Setting{"HOLDFAST_ENGINE_SHARING", "",
		"how a lab engine gets this host's files: `native`, `sshfs`, `virtiofs`, `9p` or `none`", true}
	VM = Setting{"HOLDFAST_ENGINE_VM", "",
		"`1`: the engine runs in a virtual machine", true}
	Netns = Setting{"HOLDFAST_ENGINE_NETNS", "",
		"network namespace in which the engine publishes ports, where it is not this process's own", true}
)

// All lists every setting, in the order of the README's table.
var All = []Setting{
	Disposable, Keep, RequireAll, Mirror, Images, Lesson, Compose, Strategy,
	Cache, Work, Lab, Soak, Release, Control, Sharing, VM, Netns,
}

// Get returns the variable's value, empty where it is unset.
func (s Setting) Get() string { return os.Getenv(s.Name) }

// On tells whether the variable is set to a true value (1, t, true, ...).
func (s Setting) On() bool {
	on, _ := strconv.ParseBool(s.Get())
	return on
}

// CacheDir returns the folder that outlives runs. It is not created here.
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
// runs a suite in its own directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
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

// AtRoot returns a path that a user gave as an absolute one: a relative path
// starts at the module's root, where commands are typed.
func AtRoot(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	root, err := Root()
	return filepath.Join(root, path), err
}
