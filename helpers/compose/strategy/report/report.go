// Package report writes the findings of a strategy check in the formats that
// people, scripts and code hosts read.
package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/strategy"
)

// Result holds the findings of one or several projects.
type Result struct {
	Kind       strategy.Kind
	Findings   []strategy.Finding
	Suppressed int      // findings that comments allow
	Baseline   int      // findings that the baseline knows
	Inactive   []string // services that no active profile starts
	Files      []string
}

// formats are the writers by format.
var formats = map[string]func(io.Writer, Result) error{"text": Text, "json": JSON, "github": GitHub, "sarif": SARIF}

// Write writes a result in a format: text, json, sarif or github.
func Write(w io.Writer, format string, result Result) error {
	write := formats[format]
	if write == nil {
		return fmt.Errorf("format %q is neither text, json, sarif nor github", format)
	}
	return write(w, result)
}

// count returns the number of findings of a severity.
func (r Result) count(severity strategy.Severity) (n int) {
	for _, finding := range r.Findings {
		if finding.Severity == severity {
			n++
		}
	}
	return n
}

// Text writes one line for each finding, each remedy once, and the totals.
func Text(w io.Writer, r Result) error {
	out := bufio.NewWriter(w)
	var remedies []string
	for _, finding := range r.Findings {
		fmt.Fprintf(out, "%s:%d: %s: %s [%s]\n", finding.File, finding.Line, finding.Severity, finding.Text(), finding.Rule)
		if remedy := "[" + finding.Rule + "] " + finding.Remedy; !slices.Contains(remedies, remedy) {
			remedies = append(remedies, remedy)
		}
	}
	if len(remedies) > 0 {
		fmt.Fprintln(out, "\nWhat to do (check -explain RULE says more):")
		slices.Sort(remedies)
		for _, remedy := range remedies {
			fmt.Fprintln(out, "  "+remedy)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%s strategy, %s: %s\n", r.Kind, plural(len(r.Files), "file"), r.totals())
	if len(r.Inactive) > 0 {
		fmt.Fprintf(out, "not judged, as no active profile starts it: %s (-profile NAME activates one, -profile '*' all)\n", strings.Join(r.Inactive, ", "))
	}
	return out.Flush()
}

func (r Result) totals() string {
	text := "no findings"
	if len(r.Findings) > 0 {
		text = fmt.Sprintf("%s (%s, %s)", plural(len(r.Findings), "finding"), plural(r.count(strategy.Error), "error"), plural(r.count(strategy.Warning), "warning"))
	}
	if r.Suppressed > 0 {
		text += fmt.Sprintf(", %d allowed by comments", r.Suppressed)
	}
	if r.Baseline > 0 {
		text += fmt.Sprintf(", %d in the baseline", r.Baseline)
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// document is the JSON format, described by check.schema.json.
type document struct {
	Schema   string    `json:"schema"`
	Strategy string    `json:"strategy"`
	Files    []string  `json:"files"`
	Findings []finding `json:"findings"`
	Totals   totals    `json:"totals"`
	Inactive []string  `json:"inactive,omitempty"`
}

type finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Services []string `json:"services"`
	Rule     string   `json:"rule"`
	Severity string   `json:"severity"`
	What     string   `json:"what"`
	Remedy   string   `json:"remedy"`
}

type totals struct {
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Suppressed int `json:"suppressed"`
	Baseline   int `json:"baseline"`
}

// JSON writes the result as check.schema.json describes it.
func JSON(w io.Writer, r Result) error {
	d := document{Schema: "holdfast/check/v1", Strategy: string(r.Kind), Files: append([]string{}, r.Files...), Findings: []finding{}, Inactive: r.Inactive,
		Totals: totals{r.count(strategy.Error), r.count(strategy.Warning), r.Suppressed, r.Baseline}}
	for _, f := range r.Findings {
		d.Findings = append(d.Findings, finding{f.File, f.Line, append([]string{}, f.Services...), f.Rule, string(f.Severity), f.What, f.Remedy})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(d)
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub writes workflow commands, which GitHub shows beside the lines.
func GitHub(w io.Writer, r Result) error {
	for _, f := range r.Findings {
		if _, err := fmt.Fprintf(w, "::%s file=%s,line=%d,title=%s::%s\n", f.Severity, escapeProperty.Replace(f.File), max(f.Line, 1),
			escapeProperty.Replace(f.Rule), escapeData.Replace(f.Text()+"; "+f.Remedy)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s strategy, %s: %s\n", r.Kind, plural(len(r.Files), "file"), r.totals())
	return err
}
