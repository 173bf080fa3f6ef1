package files

import (
	"bytes"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"
)

// done matches an operation that succeeded.
var done = HaveField("Errno", "")

// fails matches an operation that was refused with one of the error numbers.
func fails(errno ...string) types.GomegaMatcher { return HaveField("Errno", BeElementOf(errno)) }

// has matches an operation that succeeded, and a field of its result.
func has(field string, value any) types.GomegaMatcher { return And(done, HaveField(field, value)) }

// reads matches an operation that read the text.
func reads(text string) types.GomegaMatcher {
	return And(done, WithTransform(func(r fileops.Result) string { return string(r.Data) }, Equal(text)))
}

// readsZeros matches an operation that read so many zero bytes.
func readsZeros(count int) types.GomegaMatcher {
	return And(done, gcustom.MakeMatcher(func(r fileops.Result) (bool, error) {
		return bytes.Equal(r.Data, make([]byte, count)), nil
	}).WithTemplate("Expected {{.Actual.Count}} bytes {{.To}} be {{.Data}} zeros", count))
}

// lists matches a listing with exactly the names.
func lists(names ...string) types.GomegaMatcher {
	return And(done, HaveField("Names", ConsistOf(names)))
}

// whole matches a loop that saw nothing that must not be seen.
var whole = And(done, HaveField("Loop.Rounds", BeNumerically(">", 0)), HaveField("Loop.Missing", BeZero()),
	HaveField("Loop.Torn", BeZero()), HaveField("Loop.Duplicates", BeZero()))
