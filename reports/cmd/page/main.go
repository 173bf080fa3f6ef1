// Command page builds the matrix page from the verdicts of any number of runs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/reports/page"
)

const usage = `Usage: page [-o FILE] [-summary FILE] [-github] [verdicts.json | directory ...]

Builds one self-contained page from the verdicts of any number of runs. A
directory stands for every verdicts.json below it. The default is
all results in reports/out. An invalid file is reported and left out, and the
exit code is 1.

`

func main() {
	out := flag.String("o", filepath.Join("reports", "out", "index.html"), "write the page to this `file`")
	summary := flag.String("summary", "", "append a Markdown summary to this `file`, such as $GITHUB_STEP_SUMMARY")
	github := flag.Bool("github", false, "in a step of GitHub Actions: write the job's summary, the step's outputs and annotations")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()
	outputs := ""
	if *github {
		*summary, outputs = os.Getenv("GITHUB_STEP_SUMMARY"), os.Getenv("GITHUB_OUTPUT")
	}
	if err := run(*out, *summary, outputs, flag.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "page: %v\n", err)
		os.Exit(1)
	}
}

func run(out, summary, outputs string, arguments []string) error {
	paths := page.Expand(arguments)
	if len(arguments) == 0 {
		reports := filepath.Join("reports", "out")
		if paths = page.Results(reports); len(paths) == 0 {
			return fmt.Errorf("no results in %s: judge an engine first (make conformance), or name the files", reports)
		}
	}
	sources, refused := page.Read(paths)
	if len(sources) == 0 {
		return errors.Join(refused, errors.New("no valid file to build a page from"))
	}
	if err := page.Write(out, sources); err != nil {
		return err
	}
	if summary != "" {
		if err := appendTo(summary, func(w io.Writer) error { return page.Markdown(w, sources) }); err != nil {
			return err
		}
	}
	if outputs != "" {
		page.Annotate(os.Stdout, sources)
		if err := appendTo(outputs, func(w io.Writer) error { return page.Outputs(w, out, sources) }); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d of %d files, %s\n", out, len(sources), len(paths), page.Describe(sources))
	return refused
}

func appendTo(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
