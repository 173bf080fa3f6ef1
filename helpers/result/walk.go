package result

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// WalkSchema identifies the format of walk.json. ReadWalk refuses any other.
const WalkSchema = "holdfast/walk/v1"

// Results of a walked block. All but Fails are also kinds of a comparison and
// of its rows.
const (
	Same      = "same"
	Wording   = "wording"   // other words, or additional lines
	Substance = "substance" // the lesson shows what is not printed, or omits what is
	Fails     = "fails"     // a command fails, and the lesson shows no output to compare
)

// Results lists the results of a block, from near to the lesson to far.
var Results = []string{Same, Wording, Substance, Fails}

// Walk is walk.json: a student's walk through one lesson on one engine.
type Walk struct {
	Schema  string   `json:"schema"`
	Engine  Engine   `json:"engine"`
	Lesson  Lesson   `json:"lesson"`
	Seconds float64  `json:"seconds"`
	Tools   Tools    `json:"tools"`
	Misfits []string `json:"misfits"` // steps of the walk file that do not fit the lesson
	Blocks  []Block  `json:"blocks"`
}

// Tools are the programs and images that the student had.
type Tools struct {
	Docker  string            `json:"docker"`
	Compose string            `json:"compose"`
	Images  map[string]string `json:"images"` // the image used for each name in the lesson
}

// Block is one block of the lesson and what became of it.
type Block struct {
	Kind       string      `json:"kind"` // file, edit or command
	Line       int         `json:"line"` // the first of the block, not its fence
	Section    string      `json:"section"`
	Head       string      `json:"head"`
	Typed      bool        `json:"typed"`            // to its end
	Reason     string      `json:"reason,omitempty"` // why not
	Place      string      `json:"place,omitempty"`  // the file made, or the working directory
	Transcript []Typing    `json:"transcript,omitempty"`
	OutputLine int         `json:"outputLine,omitempty"` // of the block that shows the output
	Comparison *Comparison `json:"comparison,omitempty"`
	Diff       string      `json:"diff,omitempty"`
	Result     string      `json:"result,omitempty"` // one of Results
	Expected   string      `json:"expected"`
	Because    string      `json:"because,omitempty"` // why Expected is not Same
	Erratum    string      `json:"erratum,omitempty"` // the claim whose erratum explains it, if no claim about the block does
	Seconds    float64     `json:"seconds"`
}

// Screen returns the block's transcript as the student sees it.
func (b Block) Screen() string {
	var out strings.Builder
	for _, typing := range b.Transcript {
		if typing.Aside != "" {
			fmt.Fprintf(&out, "# %s\n", typing.Aside)
		}
		if typing.Typed != "" {
			out.WriteString(typing.Entry.Screen())
		}
	}
	return out.String()
}

// Typing is a line typed for a block.
type Typing struct {
	Entry
	Terminal string `json:"terminal,omitempty"`
	Aside    string `json:"aside,omitempty"` // why it was typed, if the lesson does not ask for it
}

// UnknownStatus is the status of a line typed at another program's prompt.
const UnknownStatus = -1

// Entry is a line typed at a prompt, and what was printed.
type Entry struct {
	Prompt  string  `json:"prompt"`
	Typed   string  `json:"typed"`
	Printed string  `json:"printed"`
	Inside  string  `json:"inside,omitempty"` // the name of the prompt, empty in the student's shell
	Status  int     `json:"status"`           // the exit code, or UnknownStatus
	Seconds float64 `json:"seconds"`
}

// Screen returns the entry as the student sees it.
func (e Entry) Screen() string {
	text := e.Prompt + strings.ReplaceAll(e.Typed, "\n", "\n> ") + "\n"
	if e.Printed != "" {
		text += strings.TrimSuffix(e.Printed, "\n") + "\n"
	}
	return text
}

func (w *Walk) check() error {
	var wrong []error
	problem := func(b Block, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("block in line %d: %s", b.Line, fmt.Sprintf(format, args...)))
	}
	known := func(b Block, what, is string, allowed ...string) {
		if !slices.Contains(allowed, is) {
			problem(b, "its %s is %q, not one of %q", what, is, allowed)
		}
	}
	for _, b := range w.Blocks {
		known(b, "kind", b.Kind, "file", "edit", "command")
		known(b, "result", b.Result, append([]string{""}, Results...)...)
		if !b.Typed && b.Reason == "" {
			problem(b, "it was not typed, and has no reason")
		}
		if b.Comparison == nil {
			continue
		}
		known(b, "comparison", b.Comparison.Kind, Same, Wording, Substance)
		for _, row := range b.Comparison.Rows {
			known(b, "comparison's row", row.Kind, Same, Wording, Substance)
			if row.Lesson == nil && row.Printed == nil {
				problem(b, "its comparison has an empty row")
			}
		}
	}
	return errors.Join(wrong...)
}
