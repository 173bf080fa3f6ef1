package claims

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"
)

const good = `lesson: l
claims:
  - id: volumes/a
    section: S
    quote: "Q"
    erratum:
      on: docker >= 23.0
      actually: it does not
      correction: R
      source: the changelog
prose:
  - section: S
    quote: "P"
    reason: advice
`

func TestParseReadsAGoodFile(t *testing.T) {
	file, err := Parse("claims.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	claim := file.Claims[0]
	if claim.ID != "volumes/a" || claim.Line != 3 || claim.Lesson != "l" || claim.Quote.Quote != "Q" {
		t.Errorf("read %+v", claim)
	}
	if claim.Expected(engine.Facts{Engine: result.Engine{Name: "docker", Version: "26.1.5"}}) != result.Contradicted || claim.Expected(engine.Facts{Engine: result.Engine{Name: "docker", Version: "20.10.24"}}) != result.Holds {
		t.Error("the erratum's constraint has no effect")
	}
}

func TestParseNamesFileLineAndFault(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown key":      {"    quote: \"Q\"", "    qoute: \"Q\"", "claims.yaml:5: "},
		"an empty quote":      {"quote: \"Q\"", "quote: \"\"", "claims.yaml:3: claim \"volumes/a\": `quote` is empty"},
		"no section":          {"    section: S\n    quote: \"Q\"", "    quote: \"Q\"", "claims.yaml:3: claim \"volumes/a\": `section` is missing"},
		"a bad constraint":    {"docker >= 23.0", "docker => 23", "claims.yaml:3: claim \"volumes/a\": erratum: on: bad engine constraint"},
		"a bad id":            {"volumes/a", "Volumes A", "the id does not look like"},
		"an unsourced one":    {"      source: the changelog\n", "", "who says so"},
		"an unknown reason":   {"reason: advice", "reason: whim", "claims.yaml:12: prose: reason \"whim\" is not one of"},
		"an unknown subject":  {"    section: S\n    quote: \"Q\"", "    subject: course\n    section: S\n    quote: \"Q\"", "claims.yaml:3: claim \"volumes/a\": subject \"course\" is neither engine nor text"},
		"a missing lesson":    {"lesson: l\n", "", "`lesson` is missing"},
		"no YAML":             {"lesson: l", "lesson: [", "claims.yaml:"},
		"an unknown top key":  {"prose:", "pros:", "claims.yaml:"},
		"a wrong kind of key": {"claims:\n", "claims: 5\nx:\n", "claims.yaml:2"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c.from) {
				t.Fatalf("the test's own text lacks %q", c.from)
			}
			_, err := Parse("claims.yaml", []byte(strings.Replace(good, c.from, c.to, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadRefusesDuplicateIDs(t *testing.T) {
	file := &fstest.MapFile{Data: []byte(good)}
	_, err := Load(Source{fstest.MapFS{"one/claims.yaml": file}, "scenarios"}, Source{fstest.MapFS{"two/claims.yaml": file}, "scenarios"})
	if err == nil || !strings.Contains(err.Error(), `scenarios/two/claims.yaml:3: claim "volumes/a" is already defined in scenarios/one/claims.yaml:3`) {
		t.Errorf("got %v", err)
	}
}

func TestLoadJoinsTheProblemsOfAllFiles(t *testing.T) {
	bad := &fstest.MapFile{Data: []byte(strings.Replace(good, "quote: \"Q\"", "quote: \"\"", 1))}
	_, err := Load(Source{fstest.MapFS{"one/claims.yaml": bad, "two/claims.yaml": bad}, "scenarios"})
	for _, want := range []string{"scenarios/one/claims.yaml:3: ", "scenarios/two/claims.yaml:3: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestAnUnknownClaimNamesTheNearest(t *testing.T) {
	catalogue := catalogueOf(Claim{ID: "volumes/survives-removal"}, Claim{ID: "volumes/is-listed"})
	_, err := catalogue.Claim("volumes/survives-removals")
	if err == nil || !strings.Contains(err.Error(), `did you mean "volumes/survives-removal"?`) {
		t.Errorf("got %v", err)
	}
}

func catalogueOf(all ...Claim) *Catalogue {
	catalogue := &Catalogue{byID: map[string]Claim{}}
	for _, claim := range all {
		catalogue.byID[claim.ID] = claim
	}
	return catalogue
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("lesson: l\nclaims:\n  - id: a/b\n"))
	f.Add([]byte("claims: [1, 2]\nprose: {}"))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Parse("claims.yaml", data) })
}
