package annotated

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// WalkSchema names the form of walk.json. A file of another schema is refused.
const WalkSchema = "holdfast/walk/v1"

// Results of a block, and kinds of a line of a comparison; the last of results only.
const (
	Same      = "same"
	Wording   = "wording"   // said in other words, or with more around it
	Substance = "substance" // what the lesson says is there is not, or what it says is all is not
	Fails     = "fails"
)

// Walk is walk.json: a student's walk of one lesson on one engine.
type Walk struct {
	Schema  string     `json:"schema"`
	Engine  WalkEngine `json:"engine"`
	Lesson  WalkLesson `json:"lesson"`
	Seconds float64    `json:"seconds"`
	Tools   Tools      `json:"tools"`
	Misfits []string   `json:"misfits"` // where the walk file and the lesson part
	Blocks  []Block    `json:"blocks"`
}

// WalkEngine is which engine the student used.
type WalkEngine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	API     string `json:"api"`
	Release string `json:"release"`
}

// WalkLesson is which text was walked.
type WalkLesson struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Tools are what the student had.
type Tools struct {
	Docker  string            `json:"docker"`
	Compose string            `json:"compose"`
	Images  map[string]string `json:"images"` // what answered to the lesson's names
}

// Block is what became of one block of the lesson.
type Block struct {
	Kind       string      `json:"kind"` // file, edit or command
	Line       int         `json:"line"` // the first of the block, not its fence
	Section    string      `json:"section"`
	Head       string      `json:"head"`
	Typed      bool        `json:"typed"`  // to its end
	Reason     string      `json:"reason"` // why not
	Place      string      `json:"place"`  // the file made, or the folder
	Transcript []Typing    `json:"transcript"`
	OutputLine int         `json:"outputLine"` // of the block that says what is printed
	Comparison *Comparison `json:"comparison"`
	Diff       string      `json:"diff"`
	Result     string      `json:"result"`
	Expected   string      `json:"expected"`
	Because    string      `json:"because"`
	Seconds    float64     `json:"seconds"`
}

// Typing is what was typed at one prompt, and what came back.
type Typing struct {
	Prompt   string  `json:"prompt"`
	Typed    string  `json:"typed"`
	Printed  string  `json:"printed"`
	Inside   string  `json:"inside"` // whose prompt it is, where not the student's own shell's
	Status   int     `json:"status"` // the exit code; negative where it is not known
	Seconds  float64 `json:"seconds"`
	Terminal string  `json:"terminal"`
	Aside    string  `json:"aside"` // why it was typed, where not because the lesson says so
}

// Comparison is the lesson's output beside what was printed.
type Comparison struct {
	Kind string `json:"kind"`
	Rows []Row  `json:"rows"`
}

// Row is a line of the lesson beside what was printed; either may be missing.
type Row struct {
	Lesson  *string `json:"lesson"`
	Printed *string `json:"printed"`
	Kind    string  `json:"kind"`
	Note    string  `json:"note"`
}

// largest bounds what ReadWalk takes, in bytes.
const largest = 64 << 20

// ReadWalk reads one walk.json strictly. Its error names the file and says what
// is wrong with it: not JSON, cut off, another schema, unknown fields or results.
func ReadWalk(path string) (*Walk, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, largest))
	if err != nil {
		return nil, err
	}
	walk, err := parseWalk(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return walk, nil
}

func parseWalk(data []byte) (*Walk, error) {
	var header struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return nil, fmt.Errorf("no walk document: %w", err)
	}
	if header.Schema != WalkSchema {
		return nil, fmt.Errorf("no walk document: its schema is %q, not %q", header.Schema, WalkSchema)
	}
	walk := &Walk{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(walk); err != nil {
		return nil, fmt.Errorf("not a %s document: %w", WalkSchema, err)
	}
	if err := walk.check(); err != nil {
		return nil, fmt.Errorf("not a sound %s document: %w", WalkSchema, err)
	}
	return walk, nil
}

func (w *Walk) check() error {
	var wrong []error
	known := func(line int, what, is string, allowed ...string) {
		if !slices.Contains(allowed, is) {
			wrong = append(wrong, fmt.Errorf("block in line %d: its %s is %q, not one of %q", line, what, is, allowed))
		}
	}
	for _, b := range w.Blocks {
		known(b.Line, "kind", b.Kind, "file", "edit", "command")
		known(b.Line, "result", b.Result, "", Same, Wording, Substance, Fails)
		if !b.Typed && b.Reason == "" {
			wrong = append(wrong, fmt.Errorf("block in line %d: it was not typed, and there is no reason", b.Line))
		}
		if b.Comparison == nil {
			continue
		}
		known(b.Line, "comparison", b.Comparison.Kind, Same, Wording, Substance)
		for _, row := range b.Comparison.Rows {
			known(b.Line, "comparison's row", row.Kind, Same, Wording, Substance)
			if row.Lesson == nil && row.Printed == nil {
				wrong = append(wrong, fmt.Errorf("block in line %d: its comparison has an empty row", b.Line))
			}
		}
	}
	return errors.Join(wrong...)
}
