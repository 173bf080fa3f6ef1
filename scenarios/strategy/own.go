package strategy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	rules "github.com/holdfast/holdfast/helpers/compose/strategy"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
)

var _ = Describe("Your own compose file", Label("strategy"), func() {
	It("breaks no rule of its strategy", func(ctx SpecContext) {
		file, strategy := settings.Compose.Get(), settings.Strategy.Get()
		if file == "" {
			Skip(fmt.Sprintf("%s is unset: set it to a compose file to check, and %s to the rules (%s or %s)",
				settings.Compose.Name, settings.Strategy.Name, rules.Development, rules.Production))
		}
		if strategy == "" {
			strategy = settings.Strategy.Default
		}
		if problem := judge(ctx, file, strategy); problem != nil {
			Fail(problem.Error())
		}
	})
})

// judge checks a compose file against the rules. Its error is what the user
// reads: every finding with file, line, rule and remedy, or why the project
// could not be judged.
func judge(ctx context.Context, file, strategy string) error {
	kind, err := rules.ParseKind(strategy)
	if err != nil {
		return fmt.Errorf("%s: %w", settings.Strategy.Name, err)
	}
	at, err := settings.AtRoot(file)
	if err != nil {
		return err
	}
	checked, err := rules.Check(ctx, rules.Request{Kind: kind, Files: model.WithOverride(at)})
	var refused *model.LoadError
	switch {
	case errors.As(err, &refused):
		// Use the name that the user gave.
		return fmt.Errorf("%s does not load:\n%s", file, strings.ReplaceAll(refused.Error(), at, file))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no %s: give an absolute path, or one from the repository's root", settings.Compose.Name, at)
	case err != nil:
		return fmt.Errorf("%s: %w", settings.Compose.Name, err)
	case len(checked.Findings) == 0:
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s breaks rules of the %s strategy:", file, kind)
	for _, finding := range checked.Findings {
		fmt.Fprintf(&text, "\n%s:%d: %s: %s; %s", strings.ReplaceAll(finding.File, at, file), finding.Line, finding.Rule, finding.Text(), finding.Remedy)
	}
	return errors.New(text.String())
}
