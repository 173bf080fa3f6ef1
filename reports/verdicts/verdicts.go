// Package verdicts is the format of verdicts.json, the result of one run on one engine.
package verdicts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Schema names the format. A document of another schema is refused.
const Schema = "holdfast/verdicts/v1"

// Verdicts of a claim.
const (
	Holds        = "holds"
	Contradicted = "contradicted"
	Unverified   = "unverified"
)

// Document is one verdicts.json.
type Document struct {
	Schema    string    `json:"schema"`
	Run       Run       `json:"run"`
	Engine    Engine    `json:"engine"`
	Lesson    Lesson    `json:"lesson"`
	Claims    []Claim   `json:"claims"`
	Matrix    []Cell    `json:"matrix"` // the persistence matrix: mechanism x event
	Drift     []Drift   `json:"drift"`
	Uncovered []Passage `json:"uncovered"`
	Prose     []Prose   `json:"prose,omitempty"` // what is not claimed because it claims nothing
	Leftovers []string  `json:"leftovers"`
}

// Run tells when and how the suite ran.
type Run struct {
	ID         string  `json:"id"`
	Started    string  `json:"started"` // RFC 3339, UTC
	Seconds    float64 `json:"seconds"`
	Procs      int     `json:"procs"`
	Specs      int     `json:"specs"`      // that ran
	Containers int     `json:"containers"` // started; one that starts again counts again
	Passed     bool    `json:"passed"`
	Filtered   bool    `json:"filtered"` // only a part of the suite was asked for
}

// Engine is what was judged.
type Engine struct {
	Name            string `json:"name"`
	Version         string `json:"version"`
	API             string `json:"api"`
	OS              string `json:"os"`
	OperatingSystem string `json:"operatingSystem"`
	Arch            string `json:"arch"`
	Rootless        bool   `json:"rootless"`
	Kernel          string `json:"kernel"`
	StorageDriver   string `json:"storageDriver"`
	Compose         string `json:"compose"`
	Provider        string `json:"provider"` // host or lab
	Release         string `json:"release"`  // of the lab
}

// Lesson is what the claims were taken from.
type Lesson struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Claim is one statement of the lesson and its verdict.
type Claim struct {
	ID          string         `json:"id"`
	Section     string         `json:"section"`
	Line        int            `json:"line"`            // in the lesson, 0 where the quote was not found
	Start       int            `json:"start,omitempty"` // where the quote stands in the lesson's bytes;
	End         int            `json:"end,omitempty"`   // both 0 where it was not found
	Quote       string         `json:"quote"`
	Verdict     string         `json:"verdict"`
	Expected    string         `json:"expected"` // holds or contradicted
	Reason      string         `json:"reason"`
	Erratum     *Erratum       `json:"erratum"`
	Departure   *Departure     `json:"departure,omitempty"`
	Substitutes []Substitution `json:"substitutes"`
	Specs       []Spec         `json:"specs"`
	Evidence    []Evidence     `json:"evidence"`
}

// Surprising tells whether a decided claim's verdict is not the catalogued one.
func (c Claim) Surprising() bool { return c.Verdict != Unverified && c.Verdict != c.Expected }

// Erratum says where the lesson is wrong.
type Erratum struct {
	On         string `json:"on"`
	Actually   string `json:"actually"`
	Correction string `json:"correction"`
	Source     string `json:"source"`
}

// Departure says which engines depart from Docker, where the lesson is right about Docker.
type Departure struct {
	On       string `json:"on"`
	Actually string `json:"actually"`
	Source   string `json:"source"`
}

// Substitution names an image that stood in for another.
type Substitution struct {
	Wanted string `json:"wanted"`
	Used   string `json:"used"`
}

// Spec is a spec that decides the claim, and how it ended.
type Spec struct {
	Name    string  `json:"name"`
	State   string  `json:"state"`
	Seconds float64 `json:"seconds"`
}

// Evidence is one deed and what came of it.
type Evidence struct {
	Did string `json:"did"`
	Saw string `json:"saw"`
}

// Cell is one cell of the persistence matrix.
type Cell struct {
	Mechanism string `json:"mechanism"`
	Event     string `json:"event"`
	Fate      string `json:"fate"`     // survives, lost, or empty where it was not seen
	Expected  string `json:"expected"` // the catalogued fate on this engine
	Reason    string `json:"reason,omitempty"`
}

// Drift is a quote that no longer stands where the catalogue has it.
type Drift struct {
	Claim  string `json:"claim"`
	Kind   string `json:"kind"`
	Line   int    `json:"line,omitempty"` // where it, or the nearest text, stands now
	Detail string `json:"detail"`
}

// Passage is a statement of the lesson that nobody claims.
type Passage struct {
	Line  int    `json:"line"`
	Start int    `json:"start,omitempty"` // in the lesson's bytes
	End   int    `json:"end,omitempty"`
	Text  string `json:"text"`
}

// Prose is a statement of the lesson that can be neither true nor false.
type Prose struct {
	Line   int    `json:"line"`
	Start  int    `json:"start"` // in the lesson's bytes
	End    int    `json:"end"`
	Reason string `json:"reason"` // motivation, definition, instruction or advice
}

// largest bounds what Read takes, in bytes.
const largest = 64 << 20

// Read reads one document strictly. Its error names the file and says what is
// wrong with it: not JSON, cut off, another schema, unknown fields.
func Read(path string) (Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return Document{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, largest))
	if err != nil {
		return Document{}, err
	}
	document, err := Parse(data)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", path, err)
	}
	return document, nil
}

// Parse is Read for data in memory.
func Parse(data []byte) (Document, error) {
	var header struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return Document{}, fmt.Errorf("no verdicts document: %w", err)
	}
	if header.Schema != Schema {
		return Document{}, fmt.Errorf("no verdicts document: its schema is %q, not %q", header.Schema, Schema)
	}
	var document Document
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		return Document{}, fmt.Errorf("not a %s document: %w", Schema, err)
	}
	return document, nil
}

// Write writes the document, whole or not at all.
func Write(path string, document Document) error {
	data, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = fresh.Write(append(data, '\n'))
	err = errors.Join(err, fresh.Chmod(0o644), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), path)
	}
	if err != nil {
		_ = os.Remove(fresh.Name())
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
