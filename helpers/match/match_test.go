package match

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

func answer(code int, stdout string) sandbox.Answer {
	return sandbox.Answer{Result: engine.Result{ExitCode: code, Stdout: stdout}, Command: "probe read /a"}
}

func TestMatchers(t *testing.T) {
	for name, c := range map[string]struct {
		matcher types.GomegaMatcher
		answer  sandbox.Answer
		want    bool
	}{
		"printed":                      {Print("text"), answer(0, "text"), true},
		"printed with a newline":       {Print("text"), answer(0, "text\n"), true},
		"printed more":                 {Print("text"), answer(0, "text and more"), false},
		"printed and failed":           {Print("text"), answer(2, "text"), false},
		"failed as wanted":             {FailWith(probe.EROFS), answer(30, ""), true},
		"failed otherwise":             {FailWith(probe.EROFS), answer(13, ""), false},
		"did not fail":                 {FailWith(probe.EROFS), answer(0, ""), false},
		"worked":                       {ExitZero(), answer(0, ""), true},
		"did not work":                 {ExitZero(), answer(1, ""), false},
		"showed":                       {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(0, `{"bytes":7}`), true},
		"showed something else":        {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(0, `{"bytes":8}`), false},
		"showed nothing, as it failed": {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(2, ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.matcher.Match(c.answer)
			if err != nil || got != c.want {
				t.Errorf("%t, %v", got, err)
			}
			if text := c.matcher.FailureMessage(c.answer); !strings.Contains(text, "probe read /a") {
				t.Errorf("the message does not name the command: %s", text)
			}
		})
	}
	if _, err := PrintJSON[probe.FileSystem](gomega.Succeed()).Match(answer(0, "no JSON")); err == nil {
		t.Error("what is no JSON is an error, not an answer")
	}
}
