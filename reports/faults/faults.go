// Package faults is the format of faults.json, the result of the self-test on
// broken engines, and the page that shows it.
package faults

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

// Schema names the format. A document of another schema is refused.
const Schema = "holdfast/faults/v1"

// What is due of the suite on a broken engine.
const (
	Wrong    = "another verdict"
	Error    = "an error"
	Patience = "the same verdict, later"
	Same     = "the same verdict" // where there is no fault
)

// Document is one faults.json.
type Document struct {
	Schema  string  `json:"schema"`
	Started string  `json:"started"` // RFC 3339, UTC
	Seconds float64 `json:"seconds"`
	Engine  string  `json:"engine"` // the one behind the faults
	Faults  []Fault `json:"faults"`
	// Unfaulted are verdicts that the proxy without a fault changed: none, or it is no proof.
	Unfaulted []Finding   `json:"unfaulted"`
	Claims    int         `json:"claims"`    // of the catalogue
	Untouched []Untouched `json:"untouched"` // the claims whose verdict no fault turned
}

// Fault is a fault, and what the suite noticed of it.
type Fault struct {
	Name     string    `json:"name"`
	Does     string    `json:"does"`
	Due      string    `json:"due"`
	Caught   bool      `json:"caught"`
	Seconds  float64   `json:"seconds"`
	Findings []Finding `json:"findings"`
}

// Finding is what came of one claim, or of the specs with one label, that the
// fault is to break.
type Finding struct {
	Of       string `json:"of"`
	Expected string `json:"expected"` // the catalogue's verdict; empty for a label
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason"`
	AsDue    bool   `json:"asDue"`
}

// Untouched is a claim whose verdict no fault turned.
type Untouched struct {
	Claim   string `json:"claim"`
	Because string `json:"because"` // empty where nobody says why
}

// Caught counts the faults that were caught.
func (d Document) Caught() (count int) {
	for _, fault := range d.Faults {
		if fault.Caught {
			count++
		}
	}
	return count
}

// Touched counts the claims whose verdict a fault turned.
func (d Document) Touched() int { return d.Claims - len(d.Untouched) }

// Unexplained are the untouched claims without a reason.
func (d Document) Unexplained() (claims []string) {
	for _, one := range d.Untouched {
		if one.Because == "" {
			claims = append(claims, one.Claim)
		}
	}
	return claims
}

// Survivors are the faults that were not caught.
func (d Document) Survivors() (faults []Fault) {
	for _, fault := range d.Faults {
		if !fault.Caught {
			faults = append(faults, fault)
		}
	}
	return faults
}

//go:embed page.html
var page string

// Write writes faults.json and faults.html into a folder.
func Write(folder string, d Document) error {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	html, err := Page(d)
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(folder, 0o755),
		os.WriteFile(filepath.Join(folder, "faults.json"), append(data, '\n'), 0o644),
		os.WriteFile(filepath.Join(folder, "faults.html"), html, 0o644),
	)
}

// Page is the page that shows a document: one file that needs no network.
func Page(d Document) ([]byte, error) {
	if d.Schema != Schema {
		return nil, fmt.Errorf("no document of faults: its schema is %q, not %q", d.Schema, Schema)
	}
	frame, err := template.New("page").Parse(page)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = frame.Execute(&out, d)
	return out.Bytes(), err
}
