// Package faults defines faults.json, the result of the self-test on engines
// with injected faults, and the page that shows it.
package faults

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/result"
)

// Schema identifies the format. Write refuses any other.
const Schema = "holdfast/faults/v1"

// What the suite is expected to report on an engine with a fault.
const (
	Wrong    = "another verdict"
	Error    = "an error"
	Patience = "the same verdict, later"
	Same     = "the same verdict" // without a fault
)

// Document is one faults.json.
type Document struct {
	Schema  string  `json:"schema"`
	Started string  `json:"started"` // RFC 3339, UTC
	Seconds float64 `json:"seconds"`
	Engine  string  `json:"engine"` // the engine behind the proxy that injects the faults
	Faults  []Fault `json:"faults"`
	// Unfaulted are verdicts that changed behind a proxy without a fault. Any
	// entry makes the whole self-test worthless.
	Unfaulted []Finding   `json:"unfaulted"`
	Claims    int         `json:"claims"`    // in the catalogue
	Untouched []Untouched `json:"untouched"` // claims whose verdict no fault changed
}

// Fault is an injected fault and what the suite reported.
type Fault struct {
	Name     string    `json:"name"`
	Does     string    `json:"does"`
	Due      string    `json:"due"` // the expected report
	Caught   bool      `json:"caught"`
	Seconds  float64   `json:"seconds"`
	Findings []Finding `json:"findings"`
}

// Finding is the outcome of one claim, or of the specs with one label, that a
// fault should affect.
type Finding struct {
	Of       string `json:"of"`
	Expected string `json:"expected"` // the catalogued verdict; empty for a label
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason"`
	AsDue    bool   `json:"asDue"`
}

// Untouched is a claim whose verdict no fault changed.
type Untouched struct {
	Claim   string `json:"claim"`
	Because string `json:"because"` // empty if unexplained
}

// Caught counts the faults that were caught.
func (d Document) Caught() int { return len(d.Faults) - len(d.Survivors()) }

// Touched counts the claims whose verdict a fault changed.
func (d Document) Touched() int { return d.Claims - len(d.Untouched) }

// Unexplained lists the untouched claims that give no reason.
func (d Document) Unexplained() (claims []string) {
	for _, one := range d.Untouched {
		if one.Because == "" {
			claims = append(claims, one.Claim)
		}
	}
	return claims
}

// Survivors lists the faults that were not caught.
func (d Document) Survivors() (faults []Fault) {
	for _, fault := range d.Faults {
		if !fault.Caught {
			faults = append(faults, fault)
		}
	}
	return faults
}

//go:embed page.html
var source string

// Write writes faults.json and faults.html to a directory.
func Write(dir string, d Document) error {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	html, err := page(d)
	if err != nil {
		return err
	}
	return errors.Join(
		result.WriteFile(filepath.Join(dir, "faults.json"), append(data, '\n')),
		result.WriteFile(filepath.Join(dir, "faults.html"), html),
	)
}

// page renders a document as one HTML file that needs no network.
func page(d Document) ([]byte, error) {
	if d.Schema != Schema {
		return nil, fmt.Errorf("not a %s document: its schema is %q", Schema, d.Schema)
	}
	parsed, err := template.New("page").Parse(source)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, d)
	return out.Bytes(), err
}
