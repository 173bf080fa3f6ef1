// Command lab runs commands against private, disposable container engines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"text/tabwriter"

	"github.com/holdfast/holdfast/helpers/lab"
)

const usage = `Usage: lab COMMAND

A private, disposable container engine from distribution packages. It needs
Linux and root. The engine is gone when the command ends, however it ends.

  lab list                          the releases, and what is cached of them
  lab run [--engine NAME] -- COMMAND  run a command with such an engine
  lab shell [--engine NAME]         run your shell with such an engine
  lab clean [--cache]               remove what dead machines left

lab COMMAND --help tells more.
`

// errUsage is a mistake in the command line, already told.
var errUsage = errors.New("usage")

func init() {
	// The main thread is the process's face in /proc: nothing else may use it.
	runtime.LockOSThread()
}

func main() {
	code, err := dispatch(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		code = 2
	case err != nil:
		fmt.Fprintf(os.Stderr, "lab: %v\n", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func dispatch(args []string) (int, error) {
	if len(args) == 0 {
		return 0, misuse(usage)
	}
	switch name, rest := args[0], args[1:]; name {
	case "list":
		return 0, list(rest)
	case "run":
		return run(rest)
	case "shell":
		return shell(rest)
	case "clean":
		return 0, clean(rest)
	case "help", "-h", "-help", "--help":
		fmt.Print(usage)
		return 0, nil
	default:
		return 0, misuse(fmt.Sprintf("lab: no command is called %q\n%s", name, usage))
	}
}

func misuse(text string) error {
	fmt.Fprint(os.Stderr, text)
	return errUsage
}

// options makes the flags of one command; parse reports mistakes and --help.
func options(name, arguments, about string) *flag.FlagSet {
	set := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	set.Usage = func() {
		fmt.Fprintf(set.Output(), "Usage: lab %s %s\n\n%s\n", name, arguments, about)
		set.PrintDefaults()
	}
	return set
}

func parse(set *flag.FlagSet, args []string, wantsArguments bool) error {
	set.SetOutput(os.Stderr)
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "-h" || arg == "-help" || arg == "--help" {
			set.SetOutput(os.Stdout)
		}
	}
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return errUsage
	case wantsArguments == (set.NArg() == 0):
		set.Usage()
		return errUsage
	}
	return nil
}

func list(args []string) error {
	set := options("list", "", "Lists the releases that can be run, and what is cached of them.")
	if err := parse(set, args, false); err != nil {
		return err
	}
	releases, err := lab.List()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tENGINE\tVERSION\tSIZE\tCACHED\tDESCRIPTION")
	for _, r := range releases {
		version, size, cached := "expected "+r.Expect, "-", "no"
		if r.Cached {
			version, size, cached = r.Came, fmt.Sprintf("%d MB", r.Bytes/1e6), "yes"
		}
		about := r.Description
		if r.Name == lab.DefaultRelease {
			about += " (default)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Engine, version, size, cached, about)
	}
	return table.Flush()
}

func clean(args []string) error {
	set := options("clean", "[--cache]", "Removes the files and cgroups that dead machines left.")
	cache := set.Bool("cache", false, "remove the cached root file systems and what was built from source too")
	if err := parse(set, args, false); err != nil {
		return err
	}
	err := lab.Sweep(os.Stdout)
	if *cache {
		err = errors.Join(err, lab.CleanCache(os.Stdout))
	}
	return err
}

func run(args []string) (int, error) {
	set := options("run", "[--engine NAME] [--share DIR] -- COMMAND [ARGUMENT ...]",
		"Runs COMMAND in the network namespace of a disposable engine, with DOCKER_HOST\n"+
			"pointing at it and HOLDFAST_DISPOSABLE=1. Its exit code is the command's.")
	start := machineFlags(set)
	if err := parse(set, args, true); err != nil {
		return 0, err
	}
	return start(set.Args())
}

func shell(args []string) (int, error) {
	set := options("shell", "[--engine NAME] [--share DIR]", "Runs $SHELL as lab run would.")
	start := machineFlags(set)
	if err := parse(set, args, false); err != nil {
		return 0, err
	}
	program := os.Getenv("SHELL")
	if program == "" {
		program = "sh"
	}
	return start([]string{program})
}

// machineFlags adds the flags of a machine; what it returns runs a command in it.
func machineFlags(set *flag.FlagSet) func(command []string) (int, error) {
	engine := set.String("engine", lab.DefaultRelease, "the release to run, see lab list")
	var extra []string
	set.Func("share", "a folder that the engine sees too, besides the working tree and the cache (may be repeated)",
		func(dir string) error { extra = append(extra, dir); return nil })
	return func(command []string) (int, error) {
		return inMachine(*engine, extra, command, os.Stderr)
	}
}

func inMachine(engine string, extra, command []string, progress io.Writer) (code int, err error) {
	if _, err := lab.Find(engine); err != nil {
		return 0, err
	}
	ctx, cancel := lab.Interruptible()
	defer cancel()
	if err := lab.Prepare(ctx, progress); err != nil {
		return 0, err
	}
	shares, err := lab.DefaultShares()
	if err != nil {
		return 0, err
	}
	machine, err := lab.Start(ctx, engine, append(shares, extra...), progress)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, machine.Close()) }()
	return machine.Run(ctx, command)
}
