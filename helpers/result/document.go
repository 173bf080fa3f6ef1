// Package result defines the results of a run and their files: verdicts.json,
// what a run found of each claim on one engine, and walk.json, the record of a
// student's walk through a lesson. Everything that writes or reads results uses
// these types. The package imports no other package of Holdfast.
package result

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Schema identifies the format of verdicts.json. Read refuses any other.
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
	Matrix    []Cell    `json:"matrix"`            // the persistence matrix: mechanism x event
	Figures   []Figure  `json:"figures,omitempty"` // of `make speed`
	Drift     []Drift   `json:"drift"`
	Uncovered []Passage `json:"uncovered"`
	Prose     []Prose   `json:"prose,omitempty"` // statements that claim nothing
	Leftovers []string  `json:"leftovers"`
}

// Run is when and how the suite ran.
type Run struct {
	ID         string  `json:"id"`
	Started    string  `json:"started"` // RFC 3339, UTC
	Seconds    float64 `json:"seconds"`
	Procs      int     `json:"procs"`
	Specs      int     `json:"specs"`      // that ran
	Containers int     `json:"containers"` // starts, including restarts
	Passed     bool    `json:"passed"`
	Filtered   bool    `json:"filtered"` // only part of the suite was selected
}

// Lesson is the document that the claims quote: a lesson, or the contract.
type Lesson struct {
	ID     string `json:"id"`
	Kind   string `json:"kind,omitempty"` // Contract; empty for a lesson
	SHA256 string `json:"sha256"`
}

// Contract is the kind of the document that lists what a program may rely on.
const Contract = "contract"

// Claim is one statement of the lesson and its verdict.
type Claim struct {
	ID          string       `json:"id"`
	Section     string       `json:"section"`
	Line        int          `json:"line"`            // in the lesson; 0 if the quote was not found
	Start       int          `json:"start,omitempty"` // the quote's range in the lesson, in bytes;
	End         int          `json:"end,omitempty"`   // both 0 if it was not found
	Quote       string       `json:"quote"`
	Verdict     string       `json:"verdict"`
	Expected    string       `json:"expected"` // holds or contradicted
	Reason      string       `json:"reason"`
	Erratum     *Erratum     `json:"erratum"`
	Deviation   *Deviation   `json:"deviation,omitempty"`
	Substitutes []Substitute `json:"substitutes"`
	Specs       []Spec       `json:"specs"`
	Evidence    []Evidence   `json:"evidence"`
}

// Surprising reports whether a decided claim's verdict differs from the catalogued one.
func (c Claim) Surprising() bool { return c.Verdict != Unverified && c.Verdict != c.Expected }

// Erratum is a mistake of the lesson.
type Erratum struct {
	On         string `json:"on"`
	Actually   string `json:"actually"`
	Correction string `json:"correction"`
	Source     string `json:"source"`
}

// Deviation is where the lesson is right about Docker and other engines differ.
type Deviation struct {
	On       string `json:"on"`
	Actually string `json:"actually"`
	Source   string `json:"source"`
}

// Substitute is an image that was used in place of another.
type Substitute struct {
	Wanted string `json:"wanted"`
	Used   string `json:"used"` // what the image really is
}

// Spec is a spec that decides a claim, and how it ended.
type Spec struct {
	Name    string  `json:"name"`
	State   string  `json:"state"`
	Seconds float64 `json:"seconds"`
}

// Evidence is one operation and its outcome.
type Evidence struct {
	Did string `json:"did"`
	Saw string `json:"saw"`
}

// Fates of data in the persistence matrix.
const (
	Survives = "survives"
	Lost     = "lost"
)

// Cell is one cell of the persistence matrix.
type Cell struct {
	Mechanism string `json:"mechanism"`
	Event     string `json:"event"`
	Fate      string `json:"fate"`             // Survives, Lost, or empty if it was not observed
	Expected  string `json:"expected"`         // the catalogued fate on this engine
	Reason    string `json:"reason,omitempty"` // why Fate is empty
}

// Drift is a quote that is no longer where the catalogue says.
type Drift struct {
	Claim  string `json:"claim"`
	Kind   string `json:"kind"`
	Line   int    `json:"line,omitempty"` // the current line of the quote or the nearest text
	Detail string `json:"detail"`
}

// Passage is a statement of the lesson that no claim covers.
type Passage struct {
	Line  int    `json:"line"`
	Start int    `json:"start,omitempty"` // in the lesson, in bytes
	End   int    `json:"end,omitempty"`
	Text  string `json:"text"`
}

// Prose is a statement of the lesson that can be neither true nor false.
type Prose struct {
	Line   int    `json:"line"`
	Start  int    `json:"start"` // in the lesson, in bytes
	End    int    `json:"end"`
	Reason string `json:"reason"` // motivation, definition, instruction or advice
}

// check reports errors that the types cannot exclude.
func (d *Document) check() error {
	if _, err := time.Parse(time.RFC3339, d.Run.Started); err != nil {
		return fmt.Errorf("run.started: %w", err)
	}
	if d.Engine.Name == "" {
		return errors.New("the engine has no name")
	}
	seen := map[string]bool{}
	for _, claim := range d.Claims {
		switch {
		case claim.ID == "":
			return errors.New("a claim has no id")
		case seen[claim.ID]:
			return fmt.Errorf("claim %q occurs twice", claim.ID)
		case !slices.Contains([]string{Holds, Contradicted, Unverified}, claim.Verdict):
			return fmt.Errorf("claim %q has the unknown verdict %q", claim.ID, claim.Verdict)
		}
		seen[claim.ID] = true
	}
	return nil
}
