package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/strategy"
)

// Page explains a rule in Markdown: its demand, the reason, a bad and a good
// example, and the line of the lesson that it comes from.
func Page(rule strategy.Rule) string {
	var kinds []string
	for _, kind := range rule.Kinds {
		kinds = append(kinds, string(kind))
	}
	page := fmt.Sprintf("# %s\n\n%s\n\nStrategy: %s. Severity: %s.\n\n%s\n\nBreaks the rule:\n\n```yaml\n%s\n```\n\nKeeps it:\n\n```yaml\n%s\n```\n",
		rule.ID, rule.Description, strings.Join(kinds, " and "), rule.Severity, rule.Why, rule.Bad, rule.Good)
	if rule.Lesson != "" {
		page += "\nThe lesson says: " + rule.Lesson + "\n"
	}
	return page + "\nTo allow an exception, write `# holdfast:allow " + rule.ID + " REASON` on the line, or above the service.\n"
}

// List writes the rules, a line each.
func List(w io.Writer, rules []strategy.Rule) error {
	for _, rule := range rules {
		var kinds []string
		for _, kind := range rule.Kinds {
			kinds = append(kinds, string(kind))
		}
		if _, err := fmt.Fprintf(w, "%-22s %-8s %-23s %s\n", rule.ID, rule.Severity, strings.Join(kinds, ", "), rule.Description); err != nil {
			return err
		}
	}
	return nil
}
