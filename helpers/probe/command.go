package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Command is one operation of the probe.
type Command struct {
	Args []string
	// Must marks an operation whose failure is an error of the spec. Queries and
	// attempts may fail.
	Must bool
}

// String returns the command as it would be typed.
func (c Command) String() string {
	if text := filesText(c.Args); text != "" {
		return text
	}
	words := append([]string{"probe"}, c.Args...)
	for i, word := range words {
		if word == "" || strings.ContainsAny(word, " \t\n\"'\\$") {
			words[i] = strconv.Quote(word)
		}
	}
	return strings.Join(words, " ")
}

// Argv returns the arguments to exec in a container of the probe image.
func (c Command) Argv() []string { return append([]string{"/probe"}, c.Args...) }

func operation(args ...string) Command { return Command{Args: args, Must: true} }
func query(args ...string) Command     { return Command{Args: args} }

// Attempt returns the command as one that may fail.
func Attempt(c Command) Command {
	c.Must = false
	return c
}

// Write writes a file, as `echo -n TEXT > PATH` does.
func Write(path, text string) Command { return operation("write", path, text) }

// Append appends to a file, as `echo -n TEXT >> PATH` does.
func Append(path, text string) Command { return operation("append", path, text) }

// Overwrite writes into an existing file without truncating it first.
func Overwrite(path, text string) Command { return operation("overwrite", path, text) }

// Read prints a file.
func Read(path string) Command { return query("read", path) }

// List prints a directory's entries, sorted, one per line.
func List(dir string) Command { return query("list", dir) }

// Truncate truncates a file to zero bytes.
func Truncate(path string) Command { return operation("truncate", path) }

// Unlink removes a file.
func Unlink(path string) Command { return operation("unlink", path) }

// Rename renames a file.
func Rename(from, to string) Command { return operation("rename", from, to) }

// Mkdir creates a directory.
func Mkdir(dir string) Command { return operation("mkdir", dir) }

// Chmod sets a file's mode, in octal.
func Chmod(mode, path string) Command { return operation("chmod", mode, path) }

// Fill writes a number of bytes and prints how many it could write.
func Fill(path string, bytes int64) Command {
	return operation("fill", path, strconv.FormatInt(bytes, 10))
}

// Secret writes 32 random bytes and prints them in hexadecimal.
func Secret(path string) Command { return operation("secret", path) }

// Find searches the files below dir for byte strings, given in hexadecimal. It
// prints a line with the string and the path for each match.
func Find(dir string, bytes ...string) Command {
	return operation("find", strings.Join(bytes, ","), dir)
}

// Stat prints a Status in JSON.
func Stat(path string) Command { return query("stat", path) }

// Statfs prints a FileSystem in JSON.
func Statfs(path string) Command { return query("statfs", path) }

// MountAt prints the topmost MountInfo at a target in JSON.
func MountAt(target string) Command { return query("mounts", target) }

// Meminfo prints a value of /proc/meminfo, in kB.
func Meminfo(key string) Command { return query("meminfo", key) }

// Await prints "waiting", and "seen" as soon as the file has the text.
func Await(path, text string) Command { return query("await", path, text) }

// Empty removes the contents of a directory.
func Empty(dir string) Command { return operation("empty", dir) }

// Hold runs until SIGTERM and then exits at once. Meanwhile it performs the
// operations that it reads from its input, see Line.
func Hold() Command { return operation("hold") }

// Greeting is the first line that Hold prints.
const Greeting = "holding"

// Holds reports whether the command is Hold.
func (c Command) Holds() bool { return slices.Equal(c.Args, Hold().Args) }

// Serve serves a directory over HTTP.
func Serve(port int, dir string) Command { return operation("serve", strconv.Itoa(port), dir) }

// Each performs the operations one after the other, each in its own process, and
// prints a JSON list of Ended.
func Each(commands ...Command) Command {
	all := make([][]string, len(commands))
	for i, command := range commands {
		all[i] = command.Args
	}
	list, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings only
	}
	return operation("each", string(list))
}

// ErrGarbled is wrapped by the error of Answers.
var ErrGarbled = errors.New("the output of the probe is garbled")

// Answers parses the output of Each for a number of operations.
func Answers(printed string, operations int) (answers []Ended, err error) {
	if err := json.Unmarshal([]byte(printed), &answers); err != nil || len(answers) != operations {
		return nil, fmt.Errorf("%w: it printed %q for %d operations", ErrGarbled, printed, operations)
	}
	return answers, nil
}

// Line returns the input line for an operation of Hold, which performs it in its
// own process and answers with a line of JSON, an Ended.
func Line(c Command) []byte {
	line, err := json.Marshal(c.Args)
	if err != nil {
		panic(err) // strings only
	}
	return append(line, '\n')
}

// Ended is the result of an operation in its own process.
type Ended struct {
	Code           int
	Stdout, Stderr []byte // not necessarily text
}

// Status is the output of Stat.
type Status struct {
	Inode, Device uint64
	Mode          string // octal, without the type
	UID, GID      int
	Size          int64 // bytes
	Mtime         int64 // nanoseconds since 1970
	Directory     bool
}

// FileSystem is the output of Statfs.
type FileSystem struct {
	Type     string // the kernel's magic number in hexadecimal, see TmpfsMagic
	Bytes    int64
	Free     int64 // bytes available to users other than root
	ReadOnly bool
}

// TmpfsMagic is the type of a tmpfs in statfs(2).
const TmpfsMagic = "1021994"

// MountInfo is one line of /proc/self/mountinfo.
type MountInfo struct {
	Root, Target, Options, Propagation, Type, Source, SuperOptions string
}

// Errno is a Linux error number, which the probe returns as its exit code.
type Errno int

// Error numbers of storage operations, equal on all Linux architectures.
const (
	EPERM  Errno = 1
	ENOENT Errno = 2
	EACCES Errno = 13
	EBUSY  Errno = 16
	ENOSPC Errno = 28
	EROFS  Errno = 30
)

// String returns the error's text as a shell prints it.
func (e Errno) String() string {
	switch e {
	case EPERM:
		return "Operation not permitted"
	case ENOENT:
		return "No such file or directory"
	case EACCES:
		return "Permission denied"
	case EBUSY:
		return "Device or resource busy"
	case ENOSPC:
		return "No space left on device"
	case EROFS:
		return "Read-only file system"
	}
	return "error " + strconv.Itoa(int(e))
}
