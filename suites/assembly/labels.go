package assembly

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/holdfast/holdfast/helpers/lesson/library"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// label labels each spec with the kind of its document. A spec in scenarios/contract/AREA
// has the labels contract and AREA, and any other spec has the label lesson. A spec
// elsewhere that decides a claim of the contract has both lesson and contract.
func (s *Suite) label(node types.NodeType, offset Offset, text string, args []any) (string, []any, []error) {
	if node != types.NodeTypeIt {
		return text, args, nil
	}
	place := types.NewCodeLocation(int(offset))
	contract := false
	for _, arg := range args {
		switch arg := arg.(type) {
		case types.CodeLocation: // of an Entry
			place = arg
		case Labels:
			contract = contract || slices.ContainsFunc(arg, s.ofContract)
		}
	}
	labels := Label("lesson")
	if area, inside := area(place.FileName); inside {
		labels = Label("contract", area)
	} else if contract {
		labels = Label("lesson", "contract")
	}
	return text, append(args, labels), nil
}

// area returns the area of the contract whose directory holds a source file.
func area(file string) (name string, inside bool) {
	dir := path.Dir(filepath.ToSlash(file))
	parent := path.Dir(dir)
	return path.Base(dir), path.Base(parent) == "contract" && path.Base(path.Dir(parent)) == "scenarios"
}

// ofContract reports whether a label names a claim of the contract.
func (s *Suite) ofContract(label string) bool {
	catalogue, err := s.catalogue()
	return err == nil && library.IsContract(catalogue.Document(label))
}
