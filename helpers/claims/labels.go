package claims

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// Prefixes of labels and report entries. Every spec about a claim has the label
// claim:ID; a spec that proves the claim's correction also has correction:ID.
const (
	claimPrefix      = "claim:"
	correctionPrefix = "correction:"
)

// label returns a label for a claim's id. Ginkgo forbids slashes in labels, and an id
// has no dots, so a dot replaces the slash.
func label(prefix, id string) string { return prefix + strings.ReplaceAll(id, "/", ".") }

// idOf reads the claim's id from a label with the prefix.
func idOf(label, prefix string) (id string, ok bool) {
	name, ok := strings.CutPrefix(label, prefix)
	return strings.Replace(name, ".", "/", 1), ok
}

// SpecLabel returns the Ginkgo label of the specs about a claim, for label
// filters: `--label-filter='claim:volumes.survives-removal'`.
func SpecLabel(id string) string { return label(claimPrefix, id) }

// Decides declares the claims that a spec decides. It goes on an It, an Entry or a table.
func Decides(ids ...string) Labels {
	var labels Labels
	for _, id := range ids {
		labels = append(labels, SpecLabel(id))
	}
	return labels
}

// Corrects declares the claims whose corrections a spec proves.
func Corrects(ids ...string) Labels {
	labels := Decides(ids...)
	for _, id := range ids {
		labels = append(labels, label(correctionPrefix, id))
	}
	return labels
}

// Document returns the id of the document whose claim a label names, and "" for any other label.
func (c *Catalogue) Document(label string) string {
	id, ok := idOf(label, claimPrefix)
	if !ok {
		return ""
	}
	return c.byID[id].Lesson
}

// labelled returns the ids in the labels that have the prefix.
func labelled(labels []string, prefix string) (ids []string) {
	for _, label := range labels {
		if id, ok := idOf(label, prefix); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// CheckLabels makes Ginkgo refuse to build a spec whose labels name a claim outside the
// catalogue, or the correction of a claim without an erratum. Call it before RunSpecs.
func (c *Catalogue) CheckLabels() {
	AddTreeConstructionNodeArgsTransformer(func(_ types.NodeType, offset Offset, text string, args []any) (string, []any, []error) {
		var problems []error
		for _, arg := range args {
			labels, _ := arg.(Labels)
			for _, err := range c.check(labels) {
				problems = append(problems, types.GinkgoError{
					Heading: "Unknown claim", Message: err.Error(), CodeLocation: location(args, types.NewCodeLocation(int(offset))),
				})
			}
		}
		return text, args, problems
	})
}

// location returns where a node is declared. An Entry passes its own location.
func location(args []any, caller types.CodeLocation) types.CodeLocation {
	for _, arg := range args {
		if own, ok := arg.(types.CodeLocation); ok {
			return own
		}
	}
	return caller
}

// Check returns an error for each label that CheckLabels would refuse. It also covers
// top-level containers, which are built before CheckLabels is called.
func (c *Catalogue) Check(specs types.SpecReports) error {
	var problems []error
	for _, spec := range specs {
		problems = append(problems, c.check(spec.Labels())...)
	}
	return errors.Join(problems...)
}

func (c *Catalogue) check(labels []string) (problems []error) {
	for _, id := range labelled(labels, claimPrefix) {
		if _, err := c.Claim(id); err != nil {
			problems = append(problems, err)
		}
	}
	for _, id := range labelled(labels, correctionPrefix) {
		if claim, err := c.Claim(id); err == nil && claim.Erratum == nil {
			problems = append(problems, fmt.Errorf("claim %q has no erratum whose correction could be proven (%s:%d)", id, claim.File, claim.Line))
		}
	}
	return problems
}

// Undecided returns the claims that no spec decides, and those whose correction no spec
// proves, without a reason in the catalogue.
func (c *Catalogue) Undecided(specs types.SpecReports) (undecided, unproven []Claim) {
	var labels []string
	for _, spec := range specs {
		labels = append(labels, spec.Labels()...)
	}
	for _, claim := range c.Claims() {
		if claim.Undecided == "" && !slices.Contains(labels, SpecLabel(claim.ID)) {
			undecided = append(undecided, claim)
		}
		if claim.correction() != "" && claim.Erratum.Unproven == "" && !slices.Contains(labels, label(correctionPrefix, claim.ID)) {
			unproven = append(unproven, claim)
		}
	}
	return undecided, unproven
}
