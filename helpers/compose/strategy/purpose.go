package strategy

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// purpose is what a mount is used for, judging by its paths.
type purpose int

const (
	code purpose = iota // and anything that is none of the others
	configuration
	data
	logs
	secret
	hostInterface
	hostLogs
	dependencies // build results that a bind mount would hide: node_modules and the like
)

// Words in a container's path that tell what is kept there.
var (
	logWords        = []string{"logs", "log"}
	dataWords       = []string{"data", "storage", "db", "database", "pgdata", "vectors", "snapshots", "checkpoints"}
	uploadWords     = []string{"uploads", "upload", "attachments", "userfiles"}
	mediaWords      = []string{"media", "media_root", "files"}
	secretWords     = []string{"secrets", "secret", "credentials"}
	dependencyWords = []string{
		"node_modules", "bower_components", "vendor", "venv", ".venv", "env", "site-packages", "__pycache__", ".next", ".nuxt", ".turbo", ".svelte-kit", ".angular",
		".parcel-cache", "dist", "build", "_build", "deps", "target", "bin", "obj", ".gradle", ".m2", ".cargo", "bundle", ".bundle", ".yarn", ".pnpm-store", ".npm", ".cache",
		"cache", "tmp", ".tox", ".mypy_cache", ".pytest_cache", ".nuget", "packages", ".output", ".vite", ".git", "gems", "elm-stuff", ".expo", "generated", "public",
	}
	configWords = []string{"etc", "conf", "config", "configs", "conf.d", "configuration", "docker-entrypoint-initdb.d", "provisioning", "dashboards", "datasources", "templates", ".config"}
)

// File extensions by content.
var (
	configExtensions = strings.Fields("conf cnf cfg ini yml yaml toml json xml properties rules acl htaccess template tmpl tpl j2 hcl river alloy ldif sql env list lua vcl txt md csv html css svg png jpg ico crt cer pub service rc config cypher")
	codeExtensions   = strings.Fields("py js mjs cjs ts tsx jsx rb go php java kt rs c cc cpp cs ex exs erl scala clj vue svelte pl r jar war sh bash")
	dataExtensions   = strings.Fields("db sqlite sqlite3 mdb rdb aof")
)

var (
	// interfaces matches the host paths that expose or control the host.
	interfaces = regexp.MustCompile(`^(?:/var)?/run(?:/.*)?$|\.sock$|^/(?:proc|sys|dev|boot|lib/modules|usr/src|usr/lib/modules|cgroup)(?:/.*)?$|^/(?:etc|var|usr|root|lib|bin|sbin)?$|` +
		`^/etc/(?:localtime|timezone|machine-id|os-release|passwd|group|shadow|hosts|hostname|resolv\.conf|fstab|mtab)$|^/usr/share/zoneinfo(?:/.*)?$|` +
		`^/var/lib/(?:docker|containerd|kubelet|containers)(?:/.*)?$|^/tmp/\.X11-unix(?:/.*)?$|/\.Xauthority$|^/var/cache/fontconfig$|^\\\\\.\\pipe\\`)
	hostLogPaths = regexp.MustCompile(`^/var/log(?:/.*)?$|^/(?:var|run)/log/journal(?:/.*)?$|^/run/log(?:/.*)?$|^/var/lib/docker/containers(?:/.*)?$`)
	// secretFiles matches the names of files and directories that hold keys.
	secretFiles = regexp.MustCompile(`(?i)^(?:\.env(?:\.(?:local|prod|production|dev|development|staging))?|\.aws|\.ssh|\.gnupg|\.kube|\.azure|\.netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.vault-token|kubeconfig|` +
		`id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx)|.*htpasswd|.*(?:service[-_.]?account|(?:gcp|gcloud|google|firebase)[-_.]?(?:account|credentials|key)).*\.json|application_default_credentials\.json|` +
		`.*credentials?(?:\.(?:json|ya?ml|txt|ini))?|secrets?(?:\.(?:json|ya?ml|txt|env|toml))?|.*[-_.](?:secret|password|passwd|token|apikey|api_key)(?:\.txt)?|passwords?\.txt|letsencrypt|acme\.json|(?:ssl|tls)?[-_]?(?:certs|certificates|keys)|ssl|tls|pki)$`)
	// publicCertificates matches the paths of trusted certificates.
	publicCertificates = regexp.MustCompile(`(?i)ca-certificates|/ssl/certs$|\bca[-_.]?(?:cert|bundle|certs)?\.(?:pem|crt)$|trust`)
	appDirs            = regexp.MustCompile(`^/(?:usr/src|app|src|code|var/www|workspaces?|srv|home|opt|project|go/src|web|site|backend|frontend|server|api)/`)
)

// words splits a container path into its lower-case parts.
func words(target string) []string {
	return strings.Split(strings.ToLower(strings.Trim(path.Clean(target), "/")), "/")
}

// has reports whether a part of a path is one of the words.
func has(target string, wanted []string) bool {
	return slices.ContainsFunc(words(target), func(part string) bool { return slices.Contains(wanted, part) })
}

// purpose returns what a mount of a service is used for.
func (c *check) purpose(s *service, m mount) purpose {
	source := filepath.ToSlash(m.Source)
	named := strings.TrimSuffix(path.Base(filepath.ToSlash(m.written)), "/")
	switch {
	case m.bound && hostLogPaths.MatchString(source):
		return hostLogs
	case m.bound && interfaces.MatchString(source):
		return hostInterface
	case has(m.Target, secretWords) || m.bound && (secretFiles.MatchString(named) || secretFiles.MatchString(path.Base(source))) && !publicCertificates.MatchString(m.Target):
		return secret
	case m.bound && c.isFile(m):
		return fileKind(named, path.Base(m.Target))
	case has(m.Target, logWords) && !strings.HasPrefix(m.Target, "/var/lib/"):
		// Below /var/lib, a log is the journal of a store.
		return logs
	case c.storeKeeps(s, m.Target) && !(m.bound && has(m.Target, configWords)):
		return data
	case m.Type == types.VolumeTypeVolume && !m.bound && slices.Contains(dependencyWords, path.Base(strings.ToLower(path.Clean(m.Target)))):
		return dependencies
	case c.isData(s, m):
		return data
	case has(m.Target, configWords) || m.bound && slices.Contains(configWords, strings.ToLower(named)):
		return configuration
	}
	return code
}

// fileKind returns the purpose of a mounted file by its names on both sides.
func fileKind(names ...string) purpose {
	for _, name := range names {
		switch ext := extension(name); {
		case slices.Contains(dataExtensions, ext):
			return data
		case slices.Contains(codeExtensions, ext):
			return code
		case slices.Contains(configExtensions, ext):
			return configuration
		}
	}
	return configuration
}

// isFile reports whether a bind mount is of a single file: by the source if it
// exists here, else by its name.
func (c *check) isFile(m mount) bool {
	if info, err := os.Stat(m.Source); err == nil {
		return !info.IsDir()
	}
	base := path.Base(m.Target)
	ext := extension(base)
	return ext != "" && ext == extension(m.Source) && (slices.Contains(configExtensions, ext) || slices.Contains(codeExtensions, ext) || slices.Contains(dataExtensions, ext)) ||
		slices.Contains([]string{"Caddyfile", "Dockerfile", "Makefile", "Procfile", "Gemfile"}, base) && base == path.Base(filepath.ToSlash(m.Source))
}

// isData reports whether a mounted directory keeps data. A read-only mount does not.
func (c *check) isData(s *service, m mount) bool {
	if m.ReadOnly || has(m.Target, []string{"docker-entrypoint-initdb.d"}) {
		return false
	}
	if target := path.Clean(m.Target); strings.HasPrefix(target, "/var/lib/") || strings.HasPrefix(target, "/var/opt/") {
		return true
	}
	parts := words(m.Target)
	last := parts[len(parts)-1]
	if slices.Contains(parts, "models") && filepath.Base(m.Source) == "models" && filepath.Base(filepath.Dir(m.Source)) != "src" {
		return true
	}
	// /media is a library of the host; media below an application's directory is the application's.
	foreign := s.Build == nil && len(parts) > 1 && has(m.Target, mediaWords)
	if !has(m.Target, dataWords) && !has(m.Target, uploadWords) && !foreign {
		return false
	}
	if !m.bound {
		return true
	}
	if known, isData := holdsData(m.Source); known {
		return isData
	}
	// `db` in the directory of an application that is built here holds its migrations.
	return !(s.Build != nil && appDirs.MatchString(path.Clean(m.Target)) && (last == "db" || last == "database")) && !slices.ContainsFunc(words(filepath.ToSlash(m.written)), func(part string) bool {
		return slices.Contains([]string{"src", "app", "lib", "code", "packages", "source"}, part)
	})
}

// holdsData reports whether a directory of the host holds data: neither source
// code nor only settings. It is not known if the directory is missing or empty.
func holdsData(dir string) (known, isData bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, false
	}
	settings := true
	look := func(name string) (isCode bool) {
		known = true
		ext := extension(name)
		settings = settings && slices.Contains([]string{"json", "yml", "yaml", "toml", "ini", "conf", "xml", "properties"}, ext)
		return slices.Contains(codeExtensions, ext)
	}
	for i, entry := range entries {
		switch {
		case i == 1000:
			return true, !settings
		case strings.HasPrefix(entry.Name(), "."):
		case !entry.IsDir():
			if look(entry.Name()) {
				return true, false
			}
		default:
			inner, err := os.ReadDir(filepath.Join(dir, entry.Name()))
			settings = settings && err == nil && len(inner) > 0
			for _, file := range inner[:min(len(inner), 1000)] {
				if !file.IsDir() && look(file.Name()) {
					return true, false
				}
			}
		}
	}
	return known, !settings
}
