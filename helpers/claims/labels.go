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

func read(sources []source) (all spans, err error) {
	err = eachFile(sources, func(name string, file *ast.File, positions *token.FileSet) {
		all = append(all, spansOf(name, file, positions)...)
	})
	return all, err
}

// eachFile parses the Go files of the sources.
func eachFile(sources []source, do func(name string, file *ast.File, positions *token.FileSet)) error {
	for _, s := range sources {
		names, err := fs.Glob(s.files, "*.go")
		if err != nil {
			return err
		}
		for _, name := range names {
			data, err := fs.ReadFile(s.files, name)
			if err != nil {
				return err
			}
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, path.Join(s.dir, name), data, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			do(path.Join(s.dir, name), file, positions)
		}
	}
	return nil
}

func spansOf(name string, file *ast.File, positions *token.FileSet) (all spans) {
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
	return all
}

func isSpec(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	return ok && slices.Contains([]string{"It", "Specify", "FIt", "PIt", "Entry"}, name.Name)
}

// Proofs lists the claims whose corrections some spec asserts.
func Proofs() (proven map[string]bool, err error) {
	proven = map[string]bool{}
	err = eachFile(registered.sources, func(_ string, file *ast.File, _ *token.FileSet) {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "Corrected" {
				for _, id := range named(called.X) {
					proven[id] = true
				}
			}
			return true
		})
	})
	return proven, err
}

// Undecided lists what in a catalogue the specs do not fit: claims that none of
// them decides and that give no reason, and labels of claims that there are not.
func (c *Catalogue) Undecided(specs types.SpecReports) (undecided []Claim, unknown []string) {
	decided := map[string]bool{}
	for _, spec := range specs {
		for _, id := range claimsOf(spec) {
			decided[id] = true
			if _, known := c.byID[id]; !known && !slices.Contains(unknown, id) {
				unknown = append(unknown, id)
			}
		}
	}
	for _, claim := range c.Claims() {
		if !decided[claim.ID] && claim.Undecided == "" {
			undecided = append(undecided, claim)
		}
	}
	return undecided, unknown
}

// named lists the literal arguments of claims.Get inside a call.
func named(in ast.Node) (ids []string) {
	ast.Inspect(in, func(node ast.Node) bool {
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
