package strategy

import (
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

var (
	// known are secrets that show what they are, whatever they are called.
	known = regexp.MustCompile(`\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeprs]-[A-Za-z0-9-]{10,}|` +
		`-----BEGIN [A-Z ]*PRIVATE KEY-----|\bhooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/\w+|\bAIza[0-9A-Za-z_-]{35}|\b[sr]k_live_[0-9A-Za-z]{16,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bdop_v1_[0-9a-f]{40,}|\bnpm_[A-Za-z0-9]{36}|\bhf_[A-Za-z]{30,}`)
	// hashed are password hashes, as basic authentication takes them.
	hashed = regexp.MustCompile(`\$(?:apr1|2[aby]|5|6|argon2id?)\$[^\s]{8,}`)
	// login is the user's part of a URL; the password may hold any character but blanks and a slash.
	login = regexp.MustCompile(`\b[a-zA-Z][a-zA-Z0-9+.-]*://([^\s:/@]*):([^\s/@]+(?:@[^\s/@]+)*?)@`)
	// dsn is the user's part of a driver's address: user:password@tcp(host:3306)/name.
	dsn = regexp.MustCompile(`^[\w.-]*:([^\s:@/]+)@(?:tcp|unix)\(`)
	// oracle is user/password@host.
	oracle = regexp.MustCompile(`(?i)(?:thin:|^oracle:)[\w.-]+/([^\s@/]+)@`)
	// pairs are the settings of a connection string: Password=...; or ?password=...& or password=... with blanks between.
	pairs = regexp.MustCompile(`(?i)(?:^|[;?&,\s])(password|pwd|passwd|accountkey|sharedaccesskey|sharedsecret|secret|access_token|api_?key|sig|secretkey|accesskey)\s*=\s*([^;&,\s"']+)`)
)

// part is what of a value stands in the file itself.
type part struct {
	text    string
	literal bool // without any variable
	chosen  bool // the default of a variable is part of it
}

// literal leaves the variables of a value out, but not their defaults.
func literal(value string) part {
	p := part{literal: true}
	text, err := model.Expand(value, func(v model.Variable) (string, error) {
		p.literal = false
		if v.Operator == "" || strings.HasSuffix(v.Operator, "?") {
			return "", nil
		}
		inner := literal(v.Word)
		if inner.literal && inner.text != "" || inner.chosen {
			p.chosen = true
		}
		return inner.text, nil
	})
	if err != nil {
		return part{text: value, literal: true}
	}
	p.text = text
	return p
}

// leaks tells how a named value holds a secret that stands in the file; empty
// where it does not.
func (c *check) leaks(name, value string) string {
	p := literal(value)
	if how := revealed(p.text); how != "" {
		return how
	}
	if !p.literal && !p.chosen {
		// What is written around a variable (`Bearer ${TOKEN}`) is not the secret.
		return ""
	}
	text := p.text
	r := c.ranked(name)
	if r == harmless {
		return ""
	}
	if words := split(name); len(words) > 1 && words[len(words)-1] == "auth" {
		_, password, both := strings.Cut(text, "/")
		if !both && strings.Contains(strings.ToLower(name), "neo4j") {
			return ""
		}
		if both {
			text = password
		}
	}
	if r.isSecret(text) {
		return "the value"
	}
	return ""
}

// revealed tells how a value shows by itself that it is or holds a secret.
func revealed(text string) string {
	switch {
	case known.MatchString(text):
		return "a key"
	case hashed.MatchString(text):
		return "a password's hash"
	}
	for _, found := range login.FindAllStringSubmatch(text, -1) {
		if !placeholder.MatchString(found[2]) {
			return "a password in a URL"
		}
	}
	if found := dsn.FindStringSubmatch(text); found != nil && !placeholder.MatchString(found[1]) {
		return "a password in an address"
	}
	if found := oracle.FindStringSubmatch(text); found != nil && !placeholder.MatchString(found[1]) {
		return "a password in an address"
	}
	if strings.ContainsAny(text, ";?") && strings.Contains(text, "=") || strings.Contains(text, "host=") || strings.Contains(text, "username=") {
		for _, found := range pairs.FindAllStringSubmatch(text, -1) {
			if !placeholder.MatchString(found[2]) && !certainSwitches.MatchString(found[2]) && !elsewhere.MatchString(found[2]) {
				return "a password in a connection string"
			}
		}
	}
	return ""
}

// placeholder is what stands for a password in a template of a URL.
var placeholder = regexp.MustCompile(`^(?:[<{\[(%].*|\*+|x{3,}|\.{3}|\$.*)$`)
