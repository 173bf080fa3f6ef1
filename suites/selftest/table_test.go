//go:build linux

package selftest

import (
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

// table is faults.yaml: what is due of the suite on each faulty engine, of
// claims and of specs with a label. A claim behind a plus is decided by specs
// that are selected anyway; a label behind an exclamation mark leaves out specs
// that would only take longer to say the same.
type table struct {
	Breaks   map[string][]string // a wrong verdict on each of these claims, a failure of each spec with these labels
	Errors   map[string][]string // a clear error in place of a verdict
	Patience map[string][]string // the right verdict, only later
	// Untouched says why no fault turns the verdict of some claims, by ids or as folder/*.
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

// due is what is due of the suite under a fault, and of what. Of no fault it is
// all that is due of others.
func (t table) due(fault faults.Fault) (due string, of []string) {
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

// named are the names of all faults in the table.
func (t table) named() (names []string) {
	for _, all := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		for name := range all {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// reason is why no fault turns the verdict of a claim, empty where nothing is said.
func (t table) reason(claim string) string {
	for _, group := range t.Untouched {
		for _, pattern := range group.Claims {
			if matches, _ := path.Match(pattern, claim); matches { // a pattern that is none matches nothing
				return group.Because
			}
		}
	}
	return ""
}

// filter selects the specs that decide these claims or bear these labels. What
// disturbs the whole engine is left out: other runs are on it at the same time.
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

// subjects are the claims and labels of which something is due.
func subjects(of []string) (all []string) {
	for _, one := range of {
		if !strings.HasPrefix(one, "!") {
			all = append(all, strings.TrimPrefix(one, "+"))
		}
	}
	return all
}

// filters selects all that the filters of the faults select, and no more.
func (t table) filters() string {
	var all []string
	for _, part := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		for _, of := range part {
			all = append(all, "("+filter(of)+")")
		}
	}
	return strings.Join(all, " || ")
}

// everything is all that the table names, each once.
func (t table) everything() (all []string) {
	for _, part := range []map[string][]string{t.Breaks, t.Errors, t.Patience} {
		for _, of := range part {
			all = append(all, subjects(of)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
