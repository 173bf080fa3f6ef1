package strategy

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Words at the end of a name that make its value a secret.
var (
	passwordWords = strings.Fields("password passwd passphrase pass pwd passcode requirepass masterauth masterpass pgpassword rootpassword userpassword adminpassword dbpassword dbpass")
	secretNouns   = strings.Fields("secret secrets token apikey apitoken secretkey accesskey authkey authtoken accesstoken clientsecret privatekey credential credentials salt pepper")
	// keyQualifiers are the words before "key" that make it a secret.
	keyQualifiers = strings.Fields("api access secret private encryption encrypt crypt crypto cipher signing sign auth master jwt session service account storage shared admin root app application cookie csrf hmac aes fernet rails license integration ingest webhook write read account openai anthropic stripe sendgrid mailgun gemini aws azure")
	// publicQualifiers are the words before "key" or "token" that make it public.
	publicQualifiers = strings.Fields("public pub primary foreign sort partition hash cache routing group row idempotency project site publishable client index object host map registry s3 bucket measurement anon tracking translation i18n query order unique search config setting metadata message dedup")
)

// split splits a name into lower-case words, at separators and at changes to
// upper case, and drops numbers at the end.
func split(name string) (all []string) {
	var current strings.Builder
	flush := func() {
		if current.Len() > 0 {
			all = append(all, strings.ToLower(current.String()))
			current.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]):
			flush()
		case unicode.IsUpper(r) && i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			flush()
		}
		current.WriteRune(r)
	}
	flush()
	for len(all) > 0 {
		last := strings.TrimRight(all[len(all)-1], "0123456789")
		if last != "" {
			all[len(all)-1] = last
			break
		}
		all = all[:len(all)-1]
	}
	return all
}

// rank is how certain a name makes it that its value is a secret.
type rank int

const (
	harmless  rank = iota
	suspected      // only a value that looks like a key is one
	sure
	certain // a password, whatever its value is
)

// ranked returns the rank of a name.
func (c *check) ranked(name string) rank {
	if matches(c.config.PublicNames, name) {
		return harmless
	}
	if matches(c.config.SecretNames, name) {
		return certain
	}
	parts := split(name)
	if len(parts) == 0 {
		return harmless
	}
	last, before := parts[len(parts)-1], ""
	if len(parts) > 1 {
		before = parts[len(parts)-2]
	}
	hasNot := func(words []string) bool {
		return slices.ContainsFunc(parts[:len(parts)-1], func(part string) bool { return slices.Contains(words, part) })
	}
	switch {
	case slices.Contains([]string{"allow", "enable", "disable", "require", "use", "show", "skip", "no", "has", "is", "max", "min"}, parts[0]) && len(parts) > 1:
		return harmless
	case strings.EqualFold(name, "proxy_pass") || last == "pass" && slices.Contains([]string{"proxy", "by", "first", "multi"}, before):
		return harmless
	case slices.Contains(passwordWords, last) || strings.HasSuffix(last, "password") || strings.HasSuffix(last, "passwd") || strings.HasSuffix(last, "pw"):
		return certain
	case slices.Contains(publicQualifiers, before) && (last == "key" || last == "token" || last == "salt"):
		return harmless
	case hasNot([]string{"allow", "enable", "enabled", "disable", "max", "min", "empty", "random"}):
		return harmless
	case slices.Contains(secretNouns, last), strings.HasSuffix(last, "secret"), strings.HasSuffix(last, "apikey"):
		return sure
	case last == "key" && slices.Contains(keyQualifiers, before):
		return sure
	case last == "key" && before == "":
		return suspected
	case last == "key":
		return sure
	case last == "keys" && (slices.Contains(keyQualifiers, before) || slices.Contains(parts, "apikey")):
		return sure
	case strings.HasSuffix(strings.ToLower(name), "access_key_id") || last == "base" && before == "key" && slices.Contains(parts, "secret"):
		return sure
	case last == "auth" && len(parts) > 1 && slices.Contains([]string{"redis", "neo", "neo4j", "rediscli", "basic", "http", "master"}, before):
		return suspected + 1
	case last == "pin" || last == "psk" || last == "hash" && slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(passwordWords, p) }):
		return sure
	case last == "webhook" || last == "dsn":
		return suspected
	}
	return harmless
}

// matches reports whether a name is one of the patterns, in any case.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		is, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
		return err == nil && is
	})
}

var (
	// notSecrets matches values that turn something on or off, or select something.
	notSecrets = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|none|null|nil|undefined|enabled|disabled|enable|disable|optional|required|auto|default|always|never|invalid|string|file|env|environment|vault|basic|bearer|token|jwt|plain|sha256|md5|scram-sha-256|trust|username|user)$`)
	number     = regexp.MustCompile(`^[0-9.,]{1,4}$`)
	// references matches values that refer to the secret: a path, a URL, a secret
	// store, a template, a placeholder in brackets.
	references = regexp.MustCompile(`(?i)^(?:\.{0,2}/|~/|[a-z]:\\|file:|(?:https?|tcp|unix|grpc|ws|wss)://|vault:|arn:|op://|bws://|ssm:|sm://|gcp-?sm:|awssm|azurekeyvault|akv|secretref:|secret:|sops:|env:|<[^>]*>$|\{\{|\[\[|\(\(|%\{|\$\(|\$\{?[A-Za-z_]\w*\}?$|__?[A-Z_]+__?$|[x*.-]{3,}$)`)
	keyFile    = regexp.MustCompile(`(?i)^[\w./%{}-]+\.(?:pem|key|crt|cer|cert|pub|json|ya?ml|txt|p12|pfx|jks|keystore|env|conf|ini|asc|gpg)$`)
)

// notPasswords matches values that are not even passwords.
var notPasswords = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|none|null|nil|undefined|0|1)$`)

// isSecret reports whether a literal value under a name of a rank is a secret.
func (r rank) isSecret(value string) bool {
	// In a list entry, YAML keeps the quotes around a value.
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	switch {
	case r == harmless || value == "" || references.MatchString(value) || keyFile.MatchString(value) || notPasswords.MatchString(value):
		return false
	case r == certain:
		return !strings.ContainsAny(value, "\n")
	case notSecrets.MatchString(value) || number.MatchString(value):
		return false
	case r == suspected:
		return looksRandom(value)
	}
	// Prose is a description, not a key.
	return len(strings.Fields(value)) <= 2
}

// looksRandom reports whether a value looks like a generated key: long, with
// letters and digits, and without words between.
func looksRandom(value string) bool {
	letters, digits := 0, 0
	for _, r := range value {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case strings.ContainsRune("+/=_-.", r):
		default:
			return false
		}
	}
	return len(value) >= 16 && letters >= 4 && digits >= 3
}
