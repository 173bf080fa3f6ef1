package assembly

import (
	"os"
	"slices"
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/reports/summary"
)

const contractDir = "../../scenarios/contract"

// TestTheContractIsCatalogued reads the claims.yaml of every area, registered or not.
func TestTheContractIsCatalogued(t *testing.T) {
	catalogue, err := claims.Load(claims.Source{Files: os.DirFS(contractDir), Dir: contractDir})
	if err != nil {
		t.Fatal(err)
	}
	document, err := text.Read(catalogue, "container-storage")
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range findings(document) {
		t.Errorf("%s:%s", document.Path, finding)
	}
	if claims := len(catalogue.Claims()); claims < 300 {
		t.Errorf("the contract has %d claims, want at least 300", claims)
	}
}

func TestAdviceNamesClaims(t *testing.T) {
	catalogue, err := claims.Load(claims.Source{Files: os.DirFS(contractDir), Dir: contractDir})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, claim := range catalogue.Claims() {
		ids = append(ids, claim.ID)
	}
	for _, advice := range summary.AllAdvice {
		for _, id := range advice.Claims {
			if !slices.Contains(ids, id) {
				t.Errorf("no claim %q, for the advice %q", id, advice.Text)
			}
		}
	}
}
