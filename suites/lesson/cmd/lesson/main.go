// Command lesson works on lessons without a suite:
//
//	lesson walk FILE.md   types its commands on a disposable engine and compares its outputs
//	lesson draft FILE.md  writes the two files beside it, from the text and from one walk
//	lesson accept FILE.md takes what the last walk printed as the corrections
//	lesson judge PATH     judges a lesson, or a directory of lessons, by the files beside each
//	lesson text [PATH]    checks only the text, without an engine: of this repository's documents, or of lessons
//
// It exits with 0 if all is as the lesson says, with 1 if something is not, and with 2
// if it could not find out.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const usage = "usage: lesson walk FILE.md, lesson draft FILE.md, lesson accept FILE.md, lesson judge FILE.md|DIRECTORY, lesson text [FILE.md|DIRECTORY]"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	accurate, err := run(ctx, os.Args[1:])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "lesson:", err)
		os.Exit(2)
	case !accurate:
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (accurate bool, err error) {
	switch {
	case len(args) == 2 && args[0] == "walk":
		return walkFile(ctx, args[1], os.Stdout)
	case len(args) == 2 && args[0] == "draft":
		return true, draft(ctx, args[1], os.Stdout)
	case len(args) == 2 && args[0] == "accept":
		return true, accept(args[1], os.Stdout)
	case len(args) == 2 && args[0] == "judge":
		return judge(ctx, args[1], os.Stdout)
	case len(args) == 2 && args[0] == "text":
		return checkSideCars(args[1], os.Stdout)
	case len(args) == 1 && args[0] == "text":
		return checkText(os.Stdout)
	}
	return false, fmt.Errorf("%q is not a command; %s", args, usage)
}
