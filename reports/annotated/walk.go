package annotated

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Results of a block that result.Results lacks.
const (
	notTyped = "not typed"
	made     = "made"
	edited   = "edited"
)

// blockView is what one walk shows below a block of the lesson.
type blockView struct {
	result.Block
	Engine  string // its title
	Index   int
	Outcome string
	Differs bool // another engine has another outcome
	Output  bool // the block is the lesson's output and not what was typed for it
}

// Sign returns the sign of the outcome.
func (b blockView) Sign() string { return signs[b.Outcome] }

// Class returns the CSS class of the outcome.
func (b blockView) Class() string { return strings.ReplaceAll(b.Outcome, " ", "-") }

// Unexpected reports whether the walk file expects another result.
func (b blockView) Unexpected() bool {
	return b.Kind == "command" && b.Typed && b.Expected != "" && b.Outcome != b.Expected
}

func resultOf(b result.Block) string {
	switch {
	case !b.Typed:
		return notTyped
	case b.Kind == "file":
		return made
	case b.Kind == "edit":
		return edited
	case b.Result == "":
		return result.Same
	}
	return b.Result
}

// walkBlocks returns what the walks show, by the line of the lesson's block: the
// transcript below what was typed, the comparison below the output.
func walkBlocks(engines []*engineView) map[int][]blockView {
	blocks := map[int][]blockView{}
	for _, e := range engines {
		if e.Walk == nil {
			continue
		}
		for _, b := range e.Walk.Blocks {
			one := blockView{Block: b, Engine: e.Title, Index: e.Index, Outcome: resultOf(b)}
			blocks[b.Line] = append(blocks[b.Line], one)
			if b.OutputLine > 0 && b.OutputLine != b.Line {
				one.Output = true
				blocks[b.OutputLine] = append(blocks[b.OutputLine], one)
			}
		}
	}
	for _, all := range blocks {
		for i := range all {
			for _, other := range all {
				all[i].Differs = all[i].Differs || other.Outcome != all[i].Outcome
			}
		}
	}
	return blocks
}

// rowView is one line of a comparison.
type rowView struct {
	result.Row
	Sign  string
	Alike bool // the same text on both sides, shown once
}

// Rows returns the lines of the comparison.
func (b blockView) Rows() (rows []rowView) {
	if b.Comparison == nil {
		return nil
	}
	for _, row := range b.Comparison.Rows {
		alike := row.Lesson != nil && row.Printed != nil && *row.Lesson == *row.Printed
		rows = append(rows, rowView{row, signs[row.Kind], alike})
	}
	return rows
}
