package strategy

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

var (
	secretName = regexp.MustCompile(`(?i)(?:^|[_.-])(?:api_?key|key|token|secret|password|passwd|passphrase|pass|pwd|credentials?|access_key_id)$`)
	// publicName are names that end alike and are no secrets.
	publicName = regexp.MustCompile(`(?i)(?:public|primary|foreign|sort|partition|hash|cache|routing|group|row|idempotency)[_.-]?key$`)
	// plain are values that switch something on or off, or count.
	plain = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|none|null|[0-9]{1,4})$`)
	// known are secrets that show what they are, whatever they are called.
	known = regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abprs]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----`)
	// reference is a variable, with what is taken where it is unset.
	reference = regexp.MustCompile(`\$\{\w+(?::?([-+?])([^{}]*))?\}|\$\w+`)
	option    = regexp.MustCompile(`^--?([A-Za-z][\w-]*)=(.+)$`)
	flagName  = regexp.MustCompile(`^--?([A-Za-z][\w-]*)$`)
	setting   = regexp.MustCompile(`^\s*["']?([\w.-]+)["']?\s*[:=]\s*["']?([^"'\s]+)["']?\s*$`)
)

// literal is what stands in the file itself of a value: variables are left
// out, their defaults are not.
func literal(value string) string {
	value = strings.ReplaceAll(value, "$$", "\x00")
	value = reference.ReplaceAllStringFunc(value, func(variable string) string {
		if parts := reference.FindStringSubmatch(variable); parts[1] == "-" || parts[1] == "+" {
			return parts[2]
		}
		return ""
	})
	return strings.ReplaceAll(value, "\x00", "$")
}

// isSecretValue tells whether a named value is a secret that stands in the file.
func isSecretValue(name, value string) bool {
	written := value
	value = strings.TrimSpace(literal(written))
	if known.MatchString(value) || hasPassword(value) {
		return true
	}
	// What is written around a variable (`Bearer ${TOKEN}`) is not the secret.
	around := strings.Contains(written, "$") && !strings.Contains(value, "$") && !hasDefault(written)
	return secretName.MatchString(name) && !publicName.MatchString(name) && value != "" && !around &&
		!plain.MatchString(value) && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "./")
}

func hasDefault(value string) bool {
	for _, variable := range reference.FindAllStringSubmatch(value, -1) {
		if (variable[1] == "-" || variable[1] == "+") && variable[2] != "" {
			return true
		}
	}
	return false
}

func hasPassword(value string) bool {
	if !strings.Contains(value, "://") {
		return false
	}
	at, err := url.Parse(value)
	if err != nil || at.User == nil {
		return false
	}
	password, set := at.User.Password()
	return set && password != ""
}

// noSecretValues reads the files themselves, not the merged project: a secret
// that another file overrides is in the repository all the same.
func (c *check) noSecretValues() {
	for _, source := range c.project.Sources {
		for _, service := range model.Pairs(model.Find(source.Root, "services").Value) {
			leak := func(node *yaml.Node, what, name string) {
				c.report(place{source.File, node.Line}, service.Key.Value, "the value of %s %s stands in the file", what, name)
			}
			for key, what := range map[string]string{"environment": "variable", "labels": "label"} {
				named(model.Find(service.Value, key).Value, func(name string, value *yaml.Node) { leak(value, what, name) })
			}
			named(model.Find(service.Value, "build", "args").Value, func(name string, value *yaml.Node) { leak(value, "build argument", name) })
			for _, key := range []string{"command", "entrypoint"} {
				typed(model.Find(service.Value, key).Value, func(name string, value *yaml.Node) { leak(value, "option", name) })
			}
		}
		for _, config := range model.Pairs(model.Find(source.Root, "configs").Value) {
			content := model.Find(config.Value, "content")
			if content.Value == nil {
				continue
			}
			for i, line := range strings.Split(content.Value.Value, "\n") {
				if found := setting.FindStringSubmatch(line); found != nil && isSecretValue(found[1], found[2]) {
					at := content.Value.Line
					if content.Value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
						at += i + 1
					}
					c.report(place{source.File, at}, "", "the value of %s stands in config %s", found[1], config.Key.Value)
				}
			}
		}
	}
}

// named visits the secrets among the entries of a mapping, or of a list of NAME=VALUE.
func named(node *yaml.Node, leak func(name string, value *yaml.Node)) {
	if node == nil {
		return
	}
	for _, pair := range model.Pairs(node) {
		name, value := pair.Key.Value, pair.Value.Value
		if node.Kind == yaml.SequenceNode {
			name, value, _ = strings.Cut(pair.Value.Value, "=")
		}
		if isSecretValue(name, value) {
			leak(name, pair.Value)
		}
	}
}

// typed visits the secrets among the words of a command.
func typed(node *yaml.Node, leak func(name string, value *yaml.Node)) {
	type word struct {
		text string
		node *yaml.Node
	}
	var words []word
	for _, scalar := range model.Scalars(node) {
		if node.Kind == yaml.SequenceNode {
			words = append(words, word{scalar.Value, scalar})
			continue
		}
		for _, text := range strings.Fields(scalar.Value) {
			words = append(words, word{strings.Trim(text, `"'`), scalar})
		}
	}
	for i, w := range words {
		if found := option.FindStringSubmatch(w.text); found != nil {
			if isSecretValue(found[1], found[2]) {
				leak(found[1], w.node)
			}
		} else if found := flagName.FindStringSubmatch(w.text); found != nil && i+1 < len(words) && !strings.HasPrefix(words[i+1].text, "-") {
			if name := strings.Replace(found[1], "requirepass", "password", 1); isSecretValue(name, words[i+1].text) {
				leak(found[1], w.node)
			}
		} else if known.MatchString(literal(w.text)) || hasPassword(literal(w.text)) {
			leak("(an argument)", w.node)
		}
	}
}

// noRawSecretFiles finds secrets that come from files of the host.
func (c *check) noRawSecretFiles() {
	for name, secret := range c.project.Secrets {
		if secret.File != "" {
			at, found := c.find("secrets", name, "file")
			if !found {
				at, _ = c.find("secrets", name)
			}
			c.report(at, "", "secret %s is the raw file %s", name, secret.File)
		}
	}
	c.services(func(service types.ServiceConfig) {
		for _, mount := range service.Volumes {
			if c.bound(mount) && isSecret(mount.Target) {
				c.report(c.ofMount(service.Name, mount), service.Name, "the raw file %s is mounted at %s", mount.Source, mount.Target)
			}
		}
	})
}
