// Command check judges the storage strategy of Compose projects. It needs no
// engine. It exits with 0 for no findings, 1 for findings, and 2 if a project
// cannot be judged.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
