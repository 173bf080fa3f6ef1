package walk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/student"
	"github.com/holdfast/holdfast/helpers/student/output"
)

// Schema names the form of walk.json.
const Schema = "holdfast/walk/v1"

// Document is walk.json: the walk of one lesson on one engine.
type Document struct {
	Schema  string   `json:"schema"`
	Engine  Engine   `json:"engine"`
	Lesson  Lesson   `json:"lesson"`
	Seconds float64  `json:"seconds"`
	Tools   Tools    `json:"tools"`
	Misfits []string `json:"misfits"`
	Blocks  []Record `json:"blocks"`
}

// Engine is which engine the student used.
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	API     string `json:"api"`
	Release string `json:"release,omitempty"`
}

// Lesson is which text was walked.
type Lesson struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Tools are what the student had.
type Tools struct {
	Docker  string            `json:"docker"`
	Compose string            `json:"compose"`
	Images  map[string]string `json:"images"` // what answered to the lesson's names
}

// Record is what became of one block.
type Record struct {
	Kind       string             `json:"kind"` // file, edit or command
	Line       int                `json:"line"`
	Section    string             `json:"section"`
	Head       string             `json:"head"`
	Typed      bool               `json:"typed"`            // to its end
	Reason     string             `json:"reason,omitempty"` // why not
	Place      string             `json:"place,omitempty"`  // the file made, or the folder
	Transcript []Typing           `json:"transcript,omitempty"`
	OutputLine int                `json:"outputLine,omitempty"`
	Comparison *output.Comparison `json:"comparison,omitempty"`
	Diff       string             `json:"diff,omitempty"`
	Result     Result             `json:"result,omitempty"`
	Expected   Result             `json:"expected"`
	Because    string             `json:"because,omitempty"`
	Seconds    float64            `json:"seconds"`
}

// Typing is a line typed for a block; an aside is typed for a reason of the
// walk's, not the lesson's.
type Typing struct {
	student.Entry
	Terminal string `json:"terminal,omitempty"`
	Aside    string `json:"aside,omitempty"`
}

// Screen is the block's transcript as the student sees it.
func (r Record) Screen() string {
	var out strings.Builder
	for _, entry := range r.Transcript {
		if entry.Aside != "" {
			fmt.Fprintf(&out, "# %s\n", entry.Aside)
		}
		if entry.Typed != "" {
			out.WriteString(entry.Entry.Screen())
		}
	}
	return out.String()
}

func engineOf(f engine.Facts) Engine {
	return Engine{Name: f.Name, Version: f.Version, API: f.API, Release: f.Release}
}

// Write writes walk.json: all of it or nothing.
func Write(path string, document Document) error {
	if document.Misfits == nil {
		document.Misfits = []string{}
	}
	data, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, append(data, '\n'), 0o644); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return os.Rename(fresh, path)
}
