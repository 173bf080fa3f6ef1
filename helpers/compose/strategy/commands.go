package strategy

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

// word is a word of a command line and its line in the file.
type word struct {
	text string
	node *yaml.Node
	line int
}

// commandWords lists the words of a command, with scripts split as a shell does.
func commandWords(node *yaml.Node) (all []word) {
	for _, scalar := range model.Scalars(node) {
		multi := node.Kind != yaml.SequenceNode || strings.ContainsAny(scalar.Value, " \n")
		if !multi {
			all = append(all, word{scalar.Value, scalar, scalar.Line})
			continue
		}
		if node.Kind == yaml.SequenceNode {
			// A script in a list is one argument: the item before it is not an option of its words.
			all = append(all, word{";", scalar, scalar.Line})
		}
		block := scalar.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
		for i, text := range strings.Split(scalar.Value, "\n") {
			line := scalar.Line
			if block && scalar.Style&yaml.LiteralStyle != 0 {
				line += i + 1
			}
			for _, one := range shellWords(text) {
				all = append(all, word{one, scalar, line})
			}
			if block && scalar.Style&yaml.LiteralStyle != 0 && !strings.HasSuffix(strings.TrimSpace(text), `\`) {
				all = append(all, word{";", scalar, line})
			}
		}
	}
	return all
}

// shellWords splits a line as a shell does: at blanks outside quotes, and at the
// operators between commands.
func shellWords(line string) (all []string) {
	var current strings.Builder
	quote := rune(0)
	started := false
	flush := func() {
		if started {
			all = append(all, current.String())
		}
		current.Reset()
		started = false
	}
	depth := 0
	for i, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			current.WriteRune(r)
		case r == '{' && i > 0 && line[i-1] == '$' || depth > 0 && r == '{':
			depth++
			current.WriteRune(r)
		case depth > 0 && r == '}':
			depth--
			current.WriteRune(r)
		case depth > 0:
			current.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case r == ' ' || r == '\t':
			flush()
		case r == ';' || r == '|' || r == '&' && !strings.Contains(current.String(), "="):
			flush()
			all = append(all, ";")
		default:
			started = true
			current.WriteRune(r)
		}
		if quote != 0 || depth > 0 {
			started = true
		}
	}
	flush()
	return all
}

var (
	option     = regexp.MustCompile(`^(?:--?|/)([A-Za-z][\w.-]*)=(.+)$`)
	flagName   = regexp.MustCompile(`^--?([A-Za-z][\w.-]+)$`)
	assignment = regexp.MustCompile(`^(?:-[eDE])?([A-Za-z_][\w.]*)=(.+)$`)
)

// shortFlags are the flags that take a password, by program. A + at the end means
// that the password follows without a blank, a colon that it follows USER:.
var shortFlags = map[string][]string{
	"mysql": {"-p+"}, "mysqladmin": {"-p+"}, "mysqldump": {"-p+"}, "mariadb": {"-p+"}, "mariadb-admin": {"-p+"}, "mariadb-dump": {"-p+"}, "mysqlimport": {"-p+"}, "obclient": {"-p+"},
	"redis-cli": {"-a", "--pass"}, "valkey-cli": {"-a", "--pass"}, "mongo": {"-p"}, "mongosh": {"-p"}, "mongodump": {"-p"}, "mongorestore": {"-p"}, "mongoimport": {"-p"}, "mongoexport": {"-p"},
	"curl": {"-u:", "--user:"}, "wget": {}, "sshpass": {"-p", "-p+"}, "ldapsearch": {"-w"}, "ldapadd": {"-w"}, "cypher-shell": {"-p"}, "sqlcmd": {"-P", "-P+"}, "influx": {"-p", "-t"}, "docker": {"-p"},
	"cqlsh": {"-p"}, "mosquitto_pub": {"-P"}, "mosquitto_sub": {"-P"}, "etcdctl": {"--user:"},
}

// scanCommand calls leak for each secret among the words of a command.
func (c *check) scanCommand(node *yaml.Node, leak func(how, name string, line int, text string)) {
	words := commandWords(node)
	program := ""
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1].text
		}
		if w.text == ";" || w.text == "&&" || w.text == "||" {
			program = ""
			continue
		}
		if found := assignment.FindStringSubmatch(w.text); found != nil {
			if how := c.leaks(found[1], found[2]); how != "" {
				leak(how, found[1], w.line, w.text)
				continue
			}
		}
		switch found := option.FindStringSubmatch(w.text); {
		case found != nil:
			if how := c.leaks(optionName(found[1]), found[2]); how != "" {
				leak(how, found[1], w.line, w.text)
			}
			continue
		case program != "" && c.short(program, w.text, next):
			leak("password", w.text[:2], w.line, w.text)
			continue
		}
		if found := flagName.FindStringSubmatch(w.text); found != nil && next != "" && !strings.HasPrefix(next, "-") && next != ";" {
			if how := c.leaks(optionName(found[1]), next); how != "" && revealed(literal(next).text) == "" {
				leak(how, found[1], w.line, w.text)
				continue
			}
		}
		if i > 0 && strings.EqualFold(w.text, "requirepass") && certain.isSecret(literal(next).text) {
			leak("secret", w.text, w.line, w.text)
			continue
		}
		if program == "mc" && i > 3 && (words[i-4].text == "set" || words[i-4].text == "add") && strings.Contains(words[i-2].text, "://") && sure.isSecret(literal(w.text).text) {
			leak("key", "", w.line, w.text)
			continue
		}
		if how := revealed(literal(w.text).text); how != "" {
			leak(how, "", w.line, w.text)
		}
		if base := path.Base(w.text); program == "" && !strings.Contains(w.text, "=") && base != "exec" && base != "sudo" && base != "env" && !slices.Contains([]string{"CMD", "CMD-SHELL"}, w.text) {
			program = base
		}
	}
}

// optionName returns the name by which an option is judged.
func optionName(name string) string {
	if name == "requirepass" || name == "masterauth" || name == "pass" {
		return "password"
	}
	return name
}

// short reports whether a word is a flag of a program with a hard-coded password.
func (c *check) short(program, text, next string) bool {
	is := func(value string) bool {
		p := literal(value)
		return (p.literal || p.chosen) && certain.isSecret(p.text) && !strings.HasPrefix(p.text, "-") && !strings.HasPrefix(p.text, "$") && p.text != ";"
	}
	for _, flag := range shortFlags[program] {
		switch {
		case strings.HasSuffix(flag, "+"):
			if value, has := strings.CutPrefix(text, strings.TrimSuffix(flag, "+")); has && !strings.HasPrefix(text, "--") && is(value) {
				return true
			}
		case strings.HasSuffix(flag, ":"):
			if _, password, both := strings.Cut(next, ":"); text == strings.TrimSuffix(flag, ":") && both && is(password) {
				return true
			}
		case text == flag && is(next):
			return true
		}
	}
	return false
}
