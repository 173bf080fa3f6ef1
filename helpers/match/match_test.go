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
		"printed":                     {Print("text"), answer(0, "text"), true},
		"printed with a newline":      {Print("text"), answer(0, "text\n"), true},
		"printed more":                {Print("text"), answer(0, "text and more"), false},
		"printed and failed":          {Print("text"), answer(2, "text"), false},
		"failed as expected":          {FailWith(probe.EROFS), answer(30, ""), true},
		"failed otherwise":            {FailWith(probe.EROFS), answer(13, ""), false},
		"did not fail":                {FailWith(probe.EROFS), answer(0, ""), false},
		"exited with 0":               {ExitZero(), answer(0, ""), true},
		"exited with 1":               {ExitZero(), answer(1, ""), false},
		"printed JSON":                {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(0, `{"bytes":7}`), true},
		"printed other JSON":          {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(0, `{"bytes":8}`), false},
		"printed no JSON, and failed": {PrintJSON[probe.FileSystem](gomega.HaveField("Bytes", int64(7))), answer(2, ""), false},
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
		t.Error("other output than JSON is not an error")
	}
}

func TestMatchersTakeContainersThatRan(t *testing.T) {
	ran := &sandbox.Container{Answer: answer(0, "text")}
	if ok, err := Print("text").Match(ran); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
	if _, err := Print("text").Match("text"); err == nil {
		t.Error("a string passes for an answer")
	}
}
