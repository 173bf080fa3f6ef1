// Command page builds the matrix page from the verdicts of any number of runs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/reports/page"
)

const usage = `Usage: page [-o FILE] [-summary FILE] [verdicts.json | folder ...]

Builds one self-contained page from the verdicts of any number of runs, of this
machine and of others. A folder stands for every verdicts.json below it.
A file that holds no verdicts is named and left out; the exit code then is 1.
`

func main() {
	set := flag.NewFlagSet("page", flag.ContinueOnError)
	out := set.String("o", filepath.Join("reports", "out", "index.html"), "the page")
	summary := set.String("summary", "", "a Markdown file to which the same in short is added, such as $GITHUB_STEP_SUMMARY")
	set.Usage = func() {
		fmt.Fprint(set.Output(), usage+"\n")
		set.PrintDefaults()
	}
	switch err := set.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	}
	if err := run(*out, *summary, set.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "page: %v\n", err)
		os.Exit(1)
	}
}

func run(out, summary string, arguments []string) error {
	paths := page.Expand(arguments)
	if len(arguments) == 0 {
		pattern := filepath.Join("reports", "out", "*", "verdicts.json")
		if paths, _ = filepath.Glob(pattern); len(paths) == 0 {
			return fmt.Errorf("there is no %s: judge an engine first (make conformance), or name the files", pattern)
		}
	}
	sources, refused := page.Read(paths)
	if len(sources) == 0 {
		return errors.Join(refused, errors.New("no file is left to build a page of"))
	}
	if err := page.Write(out, sources); err != nil {
		return err
	}
	if err := add(summary, sources); err != nil {
		return err
	}
	fmt.Printf("%s: %d of %d files, %s\n", out, len(sources), len(paths), page.Describe(sources))
	return refused
}

// add writes the summary to the end of a file, which may be there already.
func add(file string, sources []page.Source) error {
	if file == "" {
		return nil
	}
	w, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(page.Markdown(w, sources), w.Close())
}
