package sarif

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

// faulty has one of each problem that a text can have.
var faulty = result.Document{
	Engine: result.Engine{Name: "docker", Version: "26.1.5"},
	Claims: []result.Claim{
		{ID: "v/late", Line: 30, Quote: "B", Verdict: result.Contradicted, Expected: result.Contradicted,
			Erratum: &result.Erratum{On: "docker >= 23.0", Actually: "it stays", Correction: "one\ntwo", Source: "the changelog"}},
		{ID: "v/early", Line: 3, Quote: "A", Verdict: result.Contradicted, Expected: result.Holds, Reason: "100% broken"},
		{ID: "v/true", Line: 4, Quote: "T", Verdict: result.Holds, Expected: result.Holds},
		{ID: "v/open", Line: 5, Quote: "U", Verdict: result.Unverified, Expected: result.Holds},
	},
	Drift:     []result.Drift{{Claim: "v/old", Kind: "edited", Line: 7, Detail: "edited: it says more"}},
	Uncovered: []result.Passage{{Line: 9, Text: "A new sentence."}},
}

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, faulty, "l.md"); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Version string
		Runs    []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Version != "2.1.0" || len(read.Runs) != 1 || len(read.Runs[0].Results) != 4 {
		t.Fatalf("%s", out.String())
	}
	first := read.Runs[0].Results[0]
	if first.RuleID != "contradicted" || first.Locations[0].PhysicalLocation.Region.StartLine != 3 || first.Locations[0].PhysicalLocation.ArtifactLocation.URI != "l.md" {
		t.Errorf("%+v", first)
	}
}
