package walk

import (
	"maps"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student/output"
)

// compareLast compares the lesson's output with that of a block's commands. Without a
// walk file, the lesson may show only what the last commands printed.
func (w *Walker) compareLast(step PlanStep, printed []string) (whole result.Comparison, err error) {
	for from := range max(1, len(printed)) {
		rules := w.rules(step)
		rules.Names = maps.Clone(w.names)
		comparison, err := output.Compare(step.OutputBlock.Content, strings.Join(printed[from:], output.Seam+"\n"), rules)
		if err != nil {
			return whole, err
		}
		if from == 0 || comparison.Kind != result.Substance {
			whole, w.names = comparison, rules.Names
		}
		if whole.Kind != result.Substance || !w.auto {
			break
		}
	}
	return whole, nil
}
