package strategy

import (
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

var (
	// known matches secrets by their own format, whatever their name is.
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

// part is the hard-coded part of a value.
type part struct {
	text    string
	literal bool // the value has no variable
	chosen  bool // the text holds the default of a variable
}

// literal removes the variables of a value and keeps their defaults.
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

// leaks describes the hard-coded secret in a named value; empty where there is none.
func (c *check) leaks(name, value string) string {
	p := literal(value)
	if how := revealed(p.text); how != "" {
		return how
	}
	if !p.literal && !p.chosen {
		// The text around a variable (`Bearer ${TOKEN}`) is not the secret.
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
		return "secret"
	}
	return ""
}

// revealed describes the secret that a value shows whatever its name is; empty
// where there is none.
func revealed(text string) string {
	switch {
	case known.MatchString(text):
		return "key"
	case hashed.MatchString(text):
		return "password hash"
	}
	for _, found := range login.FindAllStringSubmatch(text, -1) {
		if !placeholder.MatchString(found[2]) {
			return "password in a URL"
		}
	}
	if found := dsn.FindStringSubmatch(text); found != nil && !placeholder.MatchString(found[1]) {
		return "password in an address"
	}
	if found := oracle.FindStringSubmatch(text); found != nil && !placeholder.MatchString(found[1]) {
		return "password in an address"
	}
	if strings.ContainsAny(text, ";?") && strings.Contains(text, "=") || strings.Contains(text, "host=") || strings.Contains(text, "username=") {
		for _, found := range pairs.FindAllStringSubmatch(text, -1) {
			if !placeholder.MatchString(found[2]) && !notPasswords.MatchString(found[2]) && !references.MatchString(found[2]) {
				return "password in a connection string"
			}
		}
	}
	return ""
}

// placeholder matches what documentation writes in place of a password.
var placeholder = regexp.MustCompile(`^(?:[<{\[(%].*|\*+|x{3,}|\.{3}|\$.*)$`)
