package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Command is one deed of the probe.
type Command struct {
	Args []string
	// Must: a failure of this deed is an error of the spec's preparation, not
	// an answer. Questions and attempts may fail.
	Must bool
}

// String is the command as it would be typed.
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

// Argv is what to exec inside a container of the probe image.
func (c Command) Argv() []string { return append([]string{"/probe"}, c.Args...) }

func deed(args ...string) Command     { return Command{Args: args, Must: true} }
func question(args ...string) Command { return Command{Args: args} }

// Attempt makes a deed one that may fail: what comes of it is the answer.
func Attempt(c Command) Command {
	c.Must = false
	return c
}

// Write writes a file, as `echo -n TEXT > PATH`.
func Write(path, text string) Command { return deed("write", path, text) }

// Append appends to a file, as `echo -n TEXT >> PATH`.
func Append(path, text string) Command { return deed("append", path, text) }

// Overwrite writes into an existing file without truncating it first.
func Overwrite(path, text string) Command { return deed("overwrite", path, text) }

// Read prints a file.
func Read(path string) Command { return question("read", path) }

// List prints a folder's entries, one a line, sorted.
func List(dir string) Command { return question("list", dir) }

// Truncate empties a file.
func Truncate(path string) Command { return deed("truncate", path) }

// Unlink removes a file.
func Unlink(path string) Command { return deed("unlink", path) }

// Rename renames a file.
func Rename(from, to string) Command { return deed("rename", from, to) }

// Mkdir makes a folder.
func Mkdir(dir string) Command { return deed("mkdir", dir) }

// Chmod changes a file's mode, given in octal.
func Chmod(mode, path string) Command { return deed("chmod", mode, path) }

// Fill writes that many bytes and prints how many it could.
func Fill(path string, bytes int64) Command {
	return deed("fill", path, strconv.FormatInt(bytes, 10))
}

// Secret writes 32 random bytes and prints them in hexadecimal.
func Secret(path string) Command { return deed("secret", path) }

// Find prints, for each file below dir and each of the byte strings (in
// hexadecimal) that it contains, a line of that string and the file's path.
func Find(dir string, bytes ...string) Command { return deed("find", strings.Join(bytes, ","), dir) }

// Stat prints a Status as JSON.
func Stat(path string) Command { return question("stat", path) }

// Statfs prints a FileSystem as JSON.
func Statfs(path string) Command { return question("statfs", path) }

// MountAt prints the topmost MountInfo at a target as JSON.
func MountAt(target string) Command { return question("mounts", target) }

// Meminfo prints a value of /proc/meminfo, in kB.
func Meminfo(key string) Command { return question("meminfo", key) }

// Await says "waiting", then "seen" as soon as the file has the text.
func Await(path, text string) Command { return question("await", path, text) }

// Empty removes what is in a folder.
func Empty(dir string) Command { return deed("empty", dir) }

// Hold runs until it is told to stop, and then ends at once. Meanwhile it does
// the deeds that come in at its input, see Line.
func Hold() Command { return deed("hold") }

// Greeting is the line that a holding probe prints first.
const Greeting = "holding"

// Holds tells whether the command is Hold.
func (c Command) Holds() bool { return slices.Equal(c.Args, Hold().Args) }

// Serve serves a folder over HTTP.
func Serve(port int, dir string) Command { return deed("serve", strconv.Itoa(port), dir) }

// Each does the deeds one after the other, each in a process of its own, and
// prints how each of them ended as a JSON list of Ended.
func Each(commands ...Command) Command {
	all := make([][]string, len(commands))
	for i, command := range commands {
		all[i] = command.Args
	}
	list, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings only
	}
	return deed("each", string(list))
}

// ErrGarbled is wrapped by what Answers returns.
var ErrGarbled = errors.New("the probe's answers are garbled")

// Answers reads what Each printed: how each of so many deeds ended.
func Answers(printed string, deeds int) (answers []Ended, err error) {
	if err := json.Unmarshal([]byte(printed), &answers); err != nil || len(answers) != deeds {
		return nil, fmt.Errorf("%w: it printed %q for %d deeds", ErrGarbled, printed, deeds)
	}
	return answers, nil
}

// Line is what a holding probe takes at its input for a deed: it does it in a
// process of its own and answers with a line of JSON, an Ended.
func Line(c Command) []byte {
	line, err := json.Marshal(c.Args)
	if err != nil {
		panic(err) // strings only
	}
	return append(line, '\n')
}

// Ended is how a deed ended that a probe did in a process of its own.
type Ended struct {
	Code           int
	Stdout, Stderr []byte // need not be text
}

// Status is what Stat prints.
type Status struct {
	Inode, Device uint64
	Mode          string // octal, without the type
	UID, GID      int
	Size          int64 // bytes
	Mtime         int64 // nanoseconds since 1970
	Directory     bool
}

// FileSystem is what Statfs prints.
type FileSystem struct {
	Type     string // the kernel's magic number in hexadecimal, see TmpfsMagic
	Bytes    int64
	Free     int64 // bytes that are left for those who are not root
	ReadOnly bool
}

// TmpfsMagic is tmpfs' number in statfs(2).
const TmpfsMagic = "1021994"

// MountInfo is one line of /proc/self/mountinfo.
type MountInfo struct {
	Root, Target, Options, Propagation, Type, Source, SuperOptions string
}

// Errno is a Linux error number, which the probe exits with.
type Errno int

// The error numbers that storage claims are about, as Linux numbers them on
// every architecture.
const (
	EPERM  Errno = 1
	ENOENT Errno = 2
	EACCES Errno = 13
	EBUSY  Errno = 16
	ENOSPC Errno = 28
	EROFS  Errno = 30
)

// String is the error's text as a shell would print it.
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
