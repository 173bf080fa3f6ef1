// Package match holds the matchers that scenarios speak in.
package match

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"
)

// answered is an Answer, or a Container that ran to its end.
type answered interface{ Answered() sandbox.Answer }

func onAnswer(message string, match func(sandbox.Answer) (bool, error)) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(actual answered) (bool, error) { return match(actual.Answered()) }).
		WithTemplate("`{{.Actual.Answered.Command}}`\n{{.To}} " + message + "\nbut: {{.Actual.Answered}}")
}

// Print succeeds when the program ended well and printed exactly the text, a
// final newline aside.
func Print(text string) types.GomegaMatcher {
	return onAnswer(fmt.Sprintf("print %q", text), func(a sandbox.Answer) (bool, error) {
		return a.ExitCode == 0 && strings.TrimSuffix(a.Stdout, "\n") == text, nil
	})
}

// FailWith succeeds when the kernel refused the deed with that error number.
func FailWith(number probe.Errno) types.GomegaMatcher {
	return onAnswer(fmt.Sprintf("fail with %q (exit code %d)", number, int(number)), func(a sandbox.Answer) (bool, error) {
		return a.ExitCode == int(number), nil
	})
}

// ExitZero succeeds when the program ended well.
func ExitZero() types.GomegaMatcher {
	return onAnswer("work", func(a sandbox.Answer) (bool, error) { return a.ExitCode == 0, nil })
}

// PrintJSON succeeds when the program ended well and the JSON that it printed,
// read into a T, satisfies the matcher.
func PrintJSON[T any](matcher types.GomegaMatcher) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(actual answered) (bool, error) {
		answer := actual.Answered()
		var value T
		if answer.ExitCode != 0 {
			return false, nil
		}
		if err := json.Unmarshal([]byte(answer.Stdout), &value); err != nil {
			return false, fmt.Errorf("%s printed no JSON: %w", answer.Command, err)
		}
		return matcher.Match(value)
	}).WithTemplate("`{{.Actual.Answered.Command}}`\n{{.To}} show what was wanted\nbut: {{.Actual.Answered}}")
}
