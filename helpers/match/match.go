// Package match holds Gomega matchers for answers of commands.
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

// onAnswer matches a sandbox.Answer, or a container that ran to its end.
func onAnswer(message string, match func(sandbox.Answer) (bool, error)) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(actual any) (bool, error) {
		switch a := actual.(type) {
		case sandbox.Answer:
			return match(a)
		case *sandbox.Container:
			return match(a.Answer)
		}
		return false, fmt.Errorf("expected an answer or a container that ran to its end, got a %T", actual)
	}).WithTemplate("`{{.Actual.Command}}`\n{{.To}} " + message + "\nbut: {{.Actual}}")
}

// ExitZero succeeds if the program exited with code 0.
func ExitZero() types.GomegaMatcher {
	return onAnswer("exit with code 0", func(a sandbox.Answer) (bool, error) { return a.ExitCode == 0, nil })
}

// FailWith succeeds if the kernel refused the operation with that error number.
func FailWith(number probe.Errno) types.GomegaMatcher {
	return onAnswer(fmt.Sprintf("fail with %q (exit code %d)", number, int(number)), func(a sandbox.Answer) (bool, error) {
		return a.ExitCode == int(number), nil
	})
}

// Print succeeds if the program exited with code 0 and printed exactly the
// text, apart from a final newline.
func Print(text string) types.GomegaMatcher {
	return onAnswer(fmt.Sprintf("print %q", text), func(a sandbox.Answer) (bool, error) {
		return a.ExitCode == 0 && strings.TrimSuffix(a.Stdout, "\n") == text, nil
	})
}

// PrintJSON succeeds if the program exited with code 0 and the JSON that it
// printed, decoded into a T, satisfies the matcher.
func PrintJSON[T any](matcher types.GomegaMatcher) types.GomegaMatcher {
	return onAnswer("print JSON that satisfies the matcher", func(a sandbox.Answer) (bool, error) {
		var value T
		if a.ExitCode != 0 {
			return false, nil
		}
		if err := json.Unmarshal([]byte(a.Stdout), &value); err != nil {
			return false, fmt.Errorf("%s did not print JSON: %w", a.Command, err)
		}
		return matcher.Match(value)
	})
}
