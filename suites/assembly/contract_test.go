package assembly

import (
	"os"
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson/text"
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
