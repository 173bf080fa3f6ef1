//go:build linux

package selftest

import (
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/faults"
	report "github.com/holdfast/holdfast/reports/faults"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"go.yaml.in/yaml/v4"
)

// table is faults.yaml: the results that the suite must have on each broken engine,
// by claims and labels. "+claim" is decided by specs that the other entries select.
// "!label" leaves out specs that would only repeat the result.
type table struct {
	Breaks   map[string][]string // another verdict for each claim, a failed spec for each label
	Errors   map[string][]string // an error in place of a verdict
	Patience map[string][]string // the right verdict, later
	// Untouched gives the reasons why no fault changes the verdicts of some claims, by
	// id or as package/*.
	Untouched []struct {
		Because string
		Claims  []string
	}
}

func readTable() (t table) {
	GinkgoHelper()
	data, err := os.ReadFile("faults.yaml")
	Expect(err).NotTo(HaveOccurred())
	Expect(yaml.Load(data, &t, yaml.WithKnownFields())).To(Succeed())
	return t
}

// expect returns the expected result for a fault, and its claims and labels. For
// faults.None these are the claims and labels of all faults.
func (t table) expect(fault faults.Fault) (due string, of []string) {
	if fault.IsNone() {
		return report.Same, t.everything()
	}
	for kind, all := range map[string]map[string][]string{report.Wrong: t.Breaks, report.Error: t.Errors, report.Patience: t.Patience} {
		if of, ok := all[fault.Name]; ok {
			return kind, of
		}
	}
	return "", nil
}

// faultNames returns the names of all faults in the table.
func (t table) faultNames() (names []string) {
	for _, part := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		names = slices.AppendSeq(names, maps.Keys(part))
	}
	slices.Sort(names)
	return names
}

// reason returns why no fault changes the verdict of a claim, or "".
func (t table) reason(claim string) string {
	for _, group := range t.Untouched {
		for _, pattern := range group.Claims {
			if matches, _ := path.Match(pattern, claim); matches { // an invalid pattern matches nothing
				return group.Because
			}
		}
	}
	return ""
}

// filter selects the specs that decide the claims or have the labels, except those
// that affect the whole engine: other runs use it at the same time.
func filter(of []string) string {
	var labels []string
	without := " && !engine-wide"
	for _, one := range of {
		switch {
		case strings.HasPrefix(one, "!"):
			without += " && " + one
			continue
		case strings.HasPrefix(one, "+"):
			continue
		case strings.Contains(one, "/"):
			one = claims.SpecLabel(one)
		}
		labels = append(labels, one)
	}
	return "(" + strings.Join(labels, " || ") + ")" + without
}

// subjects returns the claims and labels with an expected result.
func subjects(of []string) (all []string) {
	for _, one := range of {
		if !strings.HasPrefix(one, "!") {
			all = append(all, strings.TrimPrefix(one, "+"))
		}
	}
	return all
}

// filters selects what the filters of all faults select.
func (t table) filters() string {
	var all []string
	for _, part := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		for _, of := range part {
			all = append(all, "("+filter(of)+")")
		}
	}
	return strings.Join(all, " || ")
}

// everything returns all claims and labels in the table.
func (t table) everything() (all []string) {
	for _, part := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		for _, of := range part {
			all = append(all, subjects(of)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
