// Command lab runs commands against private, disposable container engines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/holdfast/holdfast/helpers/lab"
)

const usage = `Usage: lab COMMAND

Starts private, disposable container engines from distribution packages. Needs
Linux and root. An engine ends with its command, however that ends.

  lab list                            list releases and their cache state
  lab run [--engine NAME] -- COMMAND  run a command with an engine
  lab shell [--engine NAME]           run your shell with an engine
  lab clean [--cache]                 remove leftovers of dead machines

Run lab COMMAND --help for details.
`

// errUsage is a command-line error that has already been printed.
var errUsage = errors.New("usage")

func init() {
	// /proc/PID shows the main thread's namespaces: no other goroutine may use it.
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
		return 0, misuse(fmt.Sprintf("lab: unknown command %q\n%s", name, usage))
	}
}

func misuse(text string) error {
	fmt.Fprint(os.Stderr, text)
	return errUsage
}

// options returns the flag set of one command.
func options(name, arguments, about string) *flag.FlagSet {
	set := flag.NewFlagSet("lab "+name, flag.ContinueOnError)
	set.Usage = func() {
		fmt.Fprintf(set.Output(), "Usage: lab %s %s\n\n%s\n", name, arguments, about)
		set.PrintDefaults()
	}
	return set
}

// parse parses flags. It prints help to standard output, errors to standard error.
func parse(set *flag.FlagSet, args []string, wantsArguments bool) error {
	var output strings.Builder
	set.SetOutput(&output)
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(output.String())
		return err
	}
	if err == nil && wantsArguments == (set.NArg() > 0) {
		return nil
	}
	if err == nil {
		set.Usage()
	}
	return misuse(output.String())
}

func list(args []string) error {
	set := options("list", "", "Lists the releases and their cache state.")
	if err := parse(set, args, false); err != nil {
		return err
	}
	releases, err := lab.List()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tENGINE\tVERSION\tSIZE\tCACHED\tSHARING\tDESCRIPTION")
	for _, r := range releases {
		version, size, cached := "expected "+r.Expect, "-", "no"
		if r.Cached {
			version, size, cached = r.Version, fmt.Sprintf("%d MB", r.Bytes/1e6), "yes"
		}
		about := r.Description
		if r.Name == lab.DefaultRelease {
			about += " (default)"
		}
		if r.Unsupported != nil {
			about += fmt.Sprintf("; not on this host: %v", r.Unsupported)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Engine, version, size, cached, r.Sharing, about)
	}
	return table.Flush()
}

func clean(args []string) error {
	set := options("clean", "[--cache]", "Removes files and cgroups of dead machines.")
	cache := set.Bool("cache", false, "also remove cached root file systems and programs built from source")
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
		"Runs COMMAND in the network namespace of a disposable engine, with DOCKER_HOST and\n"+
			"HOLDFAST_DISPOSABLE=1 set. Exits with the exit code of COMMAND.")
	start := machineFlags(set)
	if err := parse(set, args, true); err != nil {
		return 0, err
	}
	return start(set.Args())
}

func shell(args []string) (int, error) {
	set := options("shell", "[--engine NAME] [--share DIR]", "Runs $SHELL like lab run.")
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

// machineFlags adds a machine's flags and returns a function that runs a command in one.
func machineFlags(set *flag.FlagSet) func(command []string) (int, error) {
	engine := set.String("engine", lab.DefaultRelease, "release to run, see lab list")
	var extra []string
	set.Func("share", "directory to share with the engine, besides the working tree and the cache (repeatable)",
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
