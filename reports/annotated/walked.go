package annotated

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// What became of a block, where it is none of a walk's results.
const (
	notTyped = "not typed"
	made     = "made"
	edited   = "edited"
)

// blockView is what a walk has to say under one block of the lesson.
type blockView struct {
	Engine  string
	Place   int
	Block   result.Block
	Result  string
	Differs bool // another engine came to another result
	Output  bool // the block is the output, not what was typed for it
}

// Sign tells the result without colour.
func (b blockView) Sign() string { return signs[b.Result] }

// Class is how the result is coloured.
func (b blockView) Class() string { return strings.ReplaceAll(b.Result, " ", "-") }

// Unexpected tells whether the walk file expects another result.
func (b blockView) Unexpected() bool {
	return b.Block.Kind == "command" && b.Block.Typed && b.Block.Expected != "" && b.Block.Result != b.Block.Expected
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

// walked puts what the walks say under the lesson's blocks, by line: the
// transcript under what was typed, the comparison under the output.
func walked(engines []*engineView) map[int][]blockView {
	blocks := map[int][]blockView{}
	for _, e := range engines {
		if e.Walk == nil {
			continue
		}
		for _, b := range e.Walk.Blocks {
			one := blockView{Engine: e.Title, Place: e.Place, Block: b, Result: resultOf(b)}
			blocks[b.Line] = append(blocks[b.Line], one)
			if b.OutputLine > 0 && b.OutputLine != b.Line {
				one.Output = true
				blocks[b.OutputLine] = append(blocks[b.OutputLine], one)
			}
		}
	}
	for line, all := range blocks {
		for i := range all {
			for _, other := range all {
				blocks[line][i].Differs = blocks[line][i].Differs || other.Result != all[i].Result
			}
		}
	}
	return blocks
}

// rowView is one line of a comparison.
type rowView struct {
	result.Row
	Sign  string
	Alike bool // the same signs on both sides: shown once
}

// Rows are the lines of the comparison, side by side.
func (b blockView) Rows() (rows []rowView) {
	if b.Block.Comparison == nil {
		return nil
	}
	for _, row := range b.Block.Comparison.Rows {
		alike := row.Lesson != nil && row.Printed != nil && *row.Lesson == *row.Printed
		rows = append(rows, rowView{row, signs[row.Kind], alike})
	}
	return rows
}
