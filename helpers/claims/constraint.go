package claims

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/engine"
)

// Constraint selects engines:
//
//	docker >= 23.0
//	podman or (docker < 23 and rootless)
//	api >= 1.42 and not desktop
//
// docker and podman may stand alone; api, compose and kernel need a version;
// rootless, userns, remote, desktop, liverestore, containerd, lab, vm, sshfs, virtiofs and 9p are
// true or false. A remote engine does not share this host's files; sshfs, virtiofs and 9p are how
// an engine gets them. containerd is Docker with containerd's image store, and vm is an engine in a
// virtual machine. The zero Constraint selects every engine.
type Constraint struct {
	holds func(engine.Facts) bool
}

// On reports whether the constraint selects an engine.
func (c Constraint) On(facts engine.Facts) bool { return c.holds == nil || c.holds(facts) }

var traits = map[string]func(engine.Facts) bool{
	"docker":      func(f engine.Facts) bool { return f.Name == "docker" },
	"podman":      func(f engine.Facts) bool { return f.Name == "podman" },
	"rootless":    func(f engine.Facts) bool { return f.Rootless },
	"userns":      func(f engine.Facts) bool { return f.UsernsRemap },
	"remote":      func(f engine.Facts) bool { return !f.SharesFiles },
	"desktop":     func(f engine.Facts) bool { return f.Desktop },
	"liverestore": func(f engine.Facts) bool { return f.LiveRestore },
	"containerd":  func(f engine.Facts) bool { return f.Snapshotter },
	"lab":         func(f engine.Facts) bool { return f.Provider == "lab" },
	"vm":          func(f engine.Facts) bool { return f.VM },
	"sshfs":       func(f engine.Facts) bool { return f.Sharing == "sshfs" },
	"virtiofs":    func(f engine.Facts) bool { return f.Sharing == "virtiofs" },
	"_9p":         func(f engine.Facts) bool { return f.Sharing == "9p" },
}

var versions = map[string]func(engine.Facts) string{
	"docker":  func(f engine.Facts) string { return f.Version },
	"podman":  func(f engine.Facts) string { return f.Version },
	"api":     func(f engine.Facts) string { return f.API },
	"compose": func(f engine.Facts) string { return f.Compose },
	"kernel":  func(f engine.Facts) string { return f.Kernel },
}

var operators = map[string]func(order int) bool{
	">=": func(order int) bool { return order >= 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	"<":  func(order int) bool { return order < 0 },
	"=":  func(order int) bool { return order == 0 },
	"!=": func(order int) bool { return order != 0 },
}

// A constraint is parsed as a Go expression, with the operators and names of Go, in which a comparison is a call.
var (
	comparison = regexp.MustCompile(`\b(\w+)\s*(>=|<=|!=|=|>|<)\s*([0-9][0-9A-Za-z.+~-]*)`)
	otherInGo  = regexp.MustCompile(`\b(and|or|not|9p)\b`)
	inGo       = map[string]string{"and": "&&", "or": "||", "not": "!", "9p": "_9p"}
)

// ParseConstraint parses a constraint. Empty text selects every engine.
func ParseConstraint(text string) (Constraint, error) {
	if strings.TrimSpace(text) == "" {
		return Constraint{}, nil
	}
	expression := comparison.ReplaceAllString(text, `${1}("$2", "$3")`)
	expression = otherInGo.ReplaceAllStringFunc(expression, func(word string) string { return inGo[word] })
	tree, err := parser.ParseExpr(expression)
	if err == nil {
		var holds func(engine.Facts) bool
		if holds, err = compile(tree); err == nil {
			return Constraint{holds}, nil
		}
	}
	return Constraint{}, fmt.Errorf("bad engine constraint %q: %w; it looks like `docker >= 23.0 and not rootless`", text, err)
}

func compile(tree ast.Expr) (func(engine.Facts) bool, error) {
	switch node := tree.(type) {
	case *ast.ParenExpr:
		return compile(node.X)
	case *ast.Ident:
		if holds := traits[node.Name]; holds != nil {
			return holds, nil
		}
		return nil, fmt.Errorf("%q is unknown, or needs a version as in `%s >= 1.0`", node.Name, node.Name)
	case *ast.UnaryExpr:
		inner, err := compile(node.X)
		if node.Op != token.NOT {
			err = fmt.Errorf("unexpected %s", node.Op)
		}
		return func(f engine.Facts) bool { return !inner(f) }, err
	case *ast.BinaryExpr:
		return compileBoth(node)
	case *ast.CallExpr:
		return compileComparison(node)
	}
	return nil, fmt.Errorf("unexpected syntax")
}

func compileBoth(node *ast.BinaryExpr) (func(engine.Facts) bool, error) {
	left, err := compile(node.X)
	if err != nil {
		return nil, err
	}
	right, err := compile(node.Y)
	switch node.Op {
	case token.LAND:
		return func(f engine.Facts) bool { return left(f) && right(f) }, err
	case token.LOR:
		return func(f engine.Facts) bool { return left(f) || right(f) }, err
	}
	return nil, fmt.Errorf("unexpected %s", node.Op)
}

func compileComparison(node *ast.CallExpr) (func(engine.Facts) bool, error) {
	word, _ := node.Fun.(*ast.Ident)
	var args []string
	for _, arg := range node.Args {
		if literal, ok := arg.(*ast.BasicLit); ok {
			unquoted, _ := strconv.Unquote(literal.Value) // it was quoted above
			args = append(args, unquoted)
		}
	}
	if word == nil || versions[word.Name] == nil || len(args) != 2 || operators[args[0]] == nil {
		return nil, fmt.Errorf("only docker, podman, api, compose and kernel have versions")
	}
	wanted, err := semver.NewVersion(args[1])
	if err != nil {
		return nil, fmt.Errorf("version %q: %w", args[1], err)
	}
	return func(f engine.Facts) bool {
		if named := traits[word.Name]; named != nil && !named(f) {
			return false
		}
		order, known := compare(versions[word.Name](f), wanted)
		return known && operators[args[0]](order)
	}, nil
}

// numbers matches the part of a version that is compared.
var numbers = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+){0,2}`)

// compare compares an engine's version by its numbers alone: what distributions
// and kernels append ("+dfsg1", "-fc-v669") is not a pre-release. A version
// without numbers is a development build, newer than all; "" is unknown.
func compare(version string, wanted *semver.Version) (order int, known bool) {
	if version == "" {
		return 0, false
	}
	have, err := semver.NewVersion(numbers.FindString(version))
	if err != nil {
		return 1, true
	}
	return have.Compare(wanted), true
}
