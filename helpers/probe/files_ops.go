package probe

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
)

// Files does file operations one after the other, in one process, and prints
// their results as JSON, see FileResults. It goes on after one that fails.
//
// A container that holds does them in its first process when they come in at
// its input: what they open, lock, map or watch there stays so until it is
// closed or the container ends. In an exec or a container of their own it ends
// with them. On this machine, fileops.Session does the same operations.
func Files(operations ...fileops.Operation) Command {
	list, err := json.Marshal(operations)
	if err != nil {
		panic(err) // numbers, strings and bytes only
	}
	return Command{Args: []string{"files", string(list)}, Must: true}
}

// FileResults reads what Files printed: the results of so many operations.
func FileResults(printed string, operations int) (results []fileops.Result, err error) {
	if err := json.Unmarshal([]byte(printed), &results); err != nil || len(results) != operations {
		return nil, fmt.Errorf("%w: it printed %.300q for %d file operations", ErrGarbled, printed, operations)
	}
	return results, nil
}

// filesText is the command of Files in words, empty for other commands.
func filesText(args []string) string {
	var operations []fileops.Operation
	if len(args) != 2 || args[0] != "files" || json.Unmarshal([]byte(args[1]), &operations) != nil {
		return ""
	}
	words := make([]string, len(operations))
	for i, operation := range operations {
		words[i] = operation.String()
	}
	return "probe files: " + strings.Join(words, "; ")
}
