package claims

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// labelPrefix begins the label of a spec that decides a claim. Ginkgo allows
// no slash in a label, a claim's id no dot: the one stands for the other.
const labelPrefix = "claim:"

// SpecLabel is the Ginkgo label of the specs that decide a claim, for label
// filters: `--label-filter='claim:volumes.survives-removal'`.
func SpecLabel(id string) string { return labelPrefix + strings.ReplaceAll(id, "/", ".") }

// Decides labels a generated spec with its claims. Specs that name their
// claims by literal ids get the labels by themselves.
func Decides(ids ...string) Labels {
	var labels Labels
	for _, id := range ids {
		labels = append(labels, SpecLabel(id))
	}
	return labels
}

func fromLabel(label string) (id string, ok bool) {
	name, ok := strings.CutPrefix(label, labelPrefix)
	return strings.Replace(name, ".", "/", 1), ok
}

// LabelSpecs gives each spec whose body names claims by literal ids their
// labels, so that a spec that is skipped or filtered out is still known to be
// the one that would have decided them. It is called before RunSpecs.
func LabelSpecs() error {
	decided, err := read(registered.sources)
	if err != nil {
		return err
	}
	AddTreeConstructionNodeArgsTransformer(func(node types.NodeType, offset Offset, text string, args []any) (string, []any, []error) {
		if node != types.NodeTypeIt {
			return text, args, nil
		}
		if ids := decided.at(types.NewCodeLocation(int(offset))); len(ids) > 0 {
			args = append(args, Decides(ids...))
		}
		return text, args, nil
	})
	return nil
}

// span is a call in a scenario's source and the claims that are named inside it.
type span struct {
	file       string // from the module's root, with slashes
	first, end int    // lines
	ids        []string
}

type spans []span

func (s spans) at(location types.CodeLocation) []string {
	file := strings.ReplaceAll(location.FileName, `\`, "/")
	for _, one := range s {
		if one.first <= location.LineNumber && location.LineNumber <= one.end && strings.HasSuffix(file, one.file) {
			return one.ids
		}
	}
	return nil
}

func read(sources []source) (spans, error) {
	var all spans
	for _, s := range sources {
		names, err := fs.Glob(s.files, "*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := fs.ReadFile(s.files, name)
			if err != nil {
				return nil, err
			}
			found, err := readFile(path.Join(s.dir, name), data)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

func readFile(name string, data []byte) (spans, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, data, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all spans
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || !isSpec(call) {
			return true
		}
		if ids := named(call); len(ids) > 0 {
			all = append(all, span{name, positions.Position(call.Pos()).Line, positions.Position(call.End()).Line, ids})
		}
		return false
	})
	return all, nil
}

func isSpec(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	return ok && slices.Contains([]string{"It", "Specify", "FIt", "PIt", "Entry"}, name.Name)
}

// named lists the literal arguments of claims.Get inside a call.
func named(call *ast.CallExpr) (ids []string) {
	ast.Inspect(call, func(node ast.Node) bool {
		get, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if called, ok := get.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "Get" {
			if pkg, ok := called.X.(*ast.Ident); ok && pkg.Name == "claims" {
				for _, argument := range get.Args {
					if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
						if id, err := strconv.Unquote(literal.Value); err == nil && !slices.Contains(ids, id) {
							ids = append(ids, id)
						}
					}
				}
			}
		}
		return true
	})
	return ids
}
