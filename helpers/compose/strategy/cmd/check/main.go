// Command check judges the storage strategy of Compose projects. It needs no
// engine. It exits with 0 where nothing is found, with 1 where something is,
// and with 2 where a project cannot be judged.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
