package assembly

import (
	"os"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

func TestSpecsAreLabelledWithTheirDocuments(t *testing.T) {
	catalogue, err := claims.Load(claims.Source{Files: os.DirFS(contractDir), Dir: contractDir})
	if err != nil {
		t.Fatal(err)
	}
	s := New(func() (*claims.Catalogue, error) { return catalogue, nil }, Options{})
	const inside = "/x/scenarios/contract/volumes/create.go"
	for name, c := range map[string]struct {
		file string
		args []any
		want string
	}{
		"a lesson's":             {"/x/scenarios/binds/caveats.go", []any{claims.Decides("binds/a")}, "lesson"},
		"without claims":         {"/x/scenarios/volumes/create.go", nil, "lesson"},
		"of both":                {"/x/scenarios/volumes/create.go", []any{claims.Decides("contract-volumes/local-by-default")}, "lesson contract"},
		"the contract's":         {inside, []any{claims.Decides("contract-volumes/local-by-default")}, "contract volumes"},
		"what other engines do":  {inside, nil, "contract volumes"},
		"on Windows":             {`C:/x/scenarios/contract/volumes/create.go`, nil, "contract volumes"},
		"the contract's package": {"/x/scenarios/contract/contract.go", nil, "lesson"},
	} {
		_, args, _ := s.label(types.NodeTypeIt, 1, "", append(c.args, types.CodeLocation{FileName: c.file}))
		if got := strings.Join(args[len(args)-1].(Labels), " "); got != c.want {
			t.Errorf("%s: labels %q, want %q", name, got, c.want)
		}
	}
	if _, args, _ := s.label(types.NodeTypeContainer, 1, "", nil); len(args) > 0 {
		t.Errorf("a container is labelled: %v", args)
	}
}
