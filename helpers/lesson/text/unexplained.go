package text

import (
	"fmt"
	"slices"

	"github.com/holdfast/holdfast/helpers/result"
)

// Unexplained lists the walked blocks that failed, or printed something other than the
// lesson shows, although no contradicted claim covers the block or its output.
func Unexplained(text Text, document result.Document, walk *result.Walk) []string {
	explained := func(line int, erratum string) bool {
		return slices.ContainsFunc(document.Claims, func(c result.Claim) bool {
			if c.Expected != result.Contradicted && c.Verdict != result.Contradicted {
				return false
			}
			if erratum != "" && c.ID == erratum {
				return true
			}
			for _, b := range text.Blocks {
				if b.Line == line && c.Start < b.End && b.Start < c.End {
					return true
				}
			}
			return false
		})
	}
	var all []string
	for _, block := range walk.Blocks {
		if block.Result != result.Substance && block.Result != result.Fails || explained(block.Line, block.Erratum) || explained(block.OutputLine, "") {
			continue
		}
		all = append(all, fmt.Sprintf("%s:%d: %s: %s (%s), and no erratum explains it", text.Path, block.Line, block.Head,
			map[string]string{result.Substance: "it prints something else", result.Fails: "it fails"}[block.Result], block.Because))
	}
	return all
}
