package claims

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
)

// inner is the variable that makes this test binary run the specs below, in place of its tests of them.
const inner = "CLAIMS_INNER_SUITE"

var judged = catalogueOf(
	Claim{ID: "a/right"}, Claim{ID: "a/also-right"},
	Claim{ID: "a/wrong", Quote: Quote{Quote: "old"}, Erratum: &Erratum{Erratum: result.Erratum{Actually: "it is not", Correction: "new"}}},
)

// TestInnerSuite is a suite like any that uses this package; the other tests read its report.
func TestInnerSuite(t *testing.T) {
	which := os.Getenv(inner)
	if which == "" {
		t.Skip("it is run by the other tests")
	}
	RegisterFailHandler(Fail)
	judged.CheckLabels()
	Describe("specs", func() {
		if which == "misspelt" {
			It("has a misspelt id", Decides("a/rihgt"), func(SpecContext) {})
			return
		}
		if which == "uncorrected" {
			It("has no erratum", Corrects("a/right"), func(SpecContext) {})
			return
		}
		pass := func(g Gomega) { g.Expect(1).To(Equal(1)) }
		fail := func(g Gomega) { g.Expect(1).To(Equal(2)) }
		It("decides all", Decides("a/right", "a/also-right"), func(ctx SpecContext) { Holds(ctx, pass) })
		It("decides some", Decides("a/right", "a/also-right"), func(ctx SpecContext) { Get(ctx, "a/right").Holds(pass) })
		It("is wrong", Decides("a/right"), func(ctx SpecContext) { Holds(ctx, fail) })
		It("is wrong as catalogued", Decides("a/wrong"), func(ctx SpecContext) { Holds(ctx, fail) })
		It("is right against the catalogue", Decides("a/wrong"), func(ctx SpecContext) { Holds(ctx, pass) })
		It("gets another", Decides("a/right"), func(ctx SpecContext) { Get(ctx, "a/rigth").Holds(pass) })
		It("declares nothing", func(ctx SpecContext) { Holds(ctx, pass) })
		It("skips", Decides("a/right"), func(ctx SpecContext) { Holds(ctx, func(Gomega) { Skip("no swap here") }) })
		It("fails", Decides("a/right"), func(ctx SpecContext) { Holds(ctx, func(Gomega) { Fail("no engine") }) })
		It("corrects", Decides("a/right"), Corrects("a/wrong"), func(ctx SpecContext) {
			Holds(ctx, pass)
			Corrected(ctx, func(g Gomega, text string) { g.Expect(text).To(Equal(Correct(ctx, "old"))) })
		})
		It("corrects wrongly", Corrects("a/wrong"), func(ctx SpecContext) {
			Corrected(ctx, func(g Gomega, text string) { g.Expect(text).To(Equal("something else")) })
		})
		It("is inconclusive", Decides("a/right"), Label("ill"), func(ctx SpecContext) { Holds(ctx, fail) })
	})
	RunSpecs(t, "inner", AroundNode(func(ctx context.Context) context.Context {
		judge := &Judge{Catalogue: judged}
		if Label("ill").MatchesLabelFilter(strings.Join(CurrentSpecReport().Labels(), " || ")) {
			judge.HealthCheck = func(string) string { return "the engine has died" }
		}
		return WithJudge(ctx, judge)
	}))
}

// runInner runs the inner suite and returns what it printed, and its specs by their names.
func runInner(t *testing.T, which string) (string, map[string]types.SpecReport) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	command := exec.Command(os.Args[0], "-test.run=^TestInnerSuite$", "-ginkgo.no-color", "-ginkgo.json-report="+file)
	command.Env = append(os.Environ(), inner+"="+which)
	output, _ := command.CombinedOutput() // it fails, as some of its specs do
	specs := map[string]types.SpecReport{}
	if data, err := os.ReadFile(file); err == nil {
		var reports []types.Report
		if err := json.Unmarshal(data, &reports); err != nil {
			t.Fatal(err)
		}
		for _, spec := range reports[0].SpecReports {
			specs[spec.LeafNodeText] = spec
		}
	}
	return string(output), specs
}

func TestSpecsDecideWhatTheyDeclare(t *testing.T) {
	output, specs := runInner(t, "all")
	for name, want := range map[string]struct {
		state   types.SpecState
		message string
		decided string // the claims and corrections, with the verdicts
	}{
		"decides all":                    {types.SpecStatePassed, "", "claim:a/right holds, claim:a/also-right holds"},
		"decides some":                   {types.SpecStatePassed, "", "claim:a/right holds"},
		"is wrong":                       {types.SpecStateFailed, "claim a/right is contradicted", "claim:a/right contradicted"},
		"is wrong as catalogued":         {types.SpecStatePassed, "", "claim:a/wrong contradicted"},
		"is right against the catalogue": {types.SpecStateFailed, "erratum no longer true", "claim:a/wrong holds"},
		"gets another":                   {types.SpecStateFailed, `does not declare claim "a/rigth" with claims.Decides or claims.Corrects; did you mean "a/right"?`, ""},
		"declares nothing":               {types.SpecStateFailed, "this spec declares no such claim", ""},
		"skips":                          {types.SpecStateSkipped, "no swap here", ""},
		"fails":                          {types.SpecStateFailed, "no engine", ""},
		"corrects":                       {types.SpecStatePassed, "", "claim:a/right holds, correction:a/wrong holds"},
		"corrects wrongly":               {types.SpecStateFailed, "the correction of a/wrong is not true either", "correction:a/wrong contradicted"},
		"is inconclusive":                {types.SpecStateFailed, "the engine has died", ""},
	} {
		spec, ran := specs[name]
		if !ran {
			t.Fatalf("%q did not run:\n%s", name, output)
		}
		var decided []string
		for _, prefix := range []string{claimPrefix, correctionPrefix} {
			for _, decision := range evidence.Entries[Decision](spec, prefix) {
				decided = append(decided, prefix+decision.Claim+" "+decision.Verdict)
			}
		}
		if got := strings.Join(decided, ", "); got != want.decided {
			t.Errorf("%q decided %q, want %q", name, got, want.decided)
		}
		if spec.State != want.state || !strings.Contains(spec.Failure.Message, want.message) {
			t.Errorf("%q %s: %s\nwant %s: %s", name, spec.State, spec.Failure.Message, want.state, want.message)
		}
	}
}

func TestSpecsThatDeclareTheImpossibleAreNotBuilt(t *testing.T) {
	for which, want := range map[string][]string{
		"misspelt":    {`claim "a/rihgt" is in no claims.yaml; did you mean "a/right"?`, `It("has a misspelt id"`, "specs_test.go:"},
		"uncorrected": {`claim "a/right" has no erratum whose correction could be proven`, `It("has no erratum"`},
	} {
		output, specs := runInner(t, which)
		for _, part := range want {
			if len(specs) > 0 || !strings.Contains(output, part) {
				t.Errorf("%s: %d specs, and %q is not in:\n%s", which, len(specs), part, output)
			}
		}
	}
}

func TestLabelsOfTablesAreChecked(t *testing.T) {
	spec := types.SpecReport{ContainerHierarchyLabels: [][]string{Decides("a/rihgt")}}
	if err := judged.Check(types.SpecReports{spec}); err == nil || !strings.Contains(err.Error(), `did you mean "a/right"?`) {
		t.Errorf("got %v", err)
	}
}
