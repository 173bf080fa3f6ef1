package strategy

import (
	"slices"
)

// Rule is one rule of a strategy.
type Rule struct {
	ID          string
	Kinds       []Kind
	Severity    Severity
	Description string // what is asked of a project, in one sentence
	Why         string // what goes wrong otherwise
	Good, Bad   string // an example of each, as YAML
	Lesson      string // the lesson's own line

	check func(*check)
}

// The rules' IDs.
const (
	SourceByBindMount  = "source-by-bind-mount"
	DataOnNamedVolumes = "data-on-named-volumes"
	DataDirectory      = "data-directory"
	LogsByBindMount    = "logs-by-bind-mount"
	NoSecretValues     = "no-secret-values"
	NoBindMounts       = "no-bind-mounts"
	NoHostInterfaces   = "no-host-interfaces"
	ImmutableImage     = "immutable-image"
	NoLocalLogs        = "no-local-logs"
	NoRawSecretFiles   = "no-raw-secret-files"
	Suppression        = "suppression"
)

var (
	inDevelopment = []Kind{Development}
	inProduction  = []Kind{Production}
	inBoth        = []Kind{Development, Production}
)

// AllRules lists the rules of every kind.
func AllRules() []Rule {
	return []Rule{
		{SourceByBindMount, inDevelopment, Warning,
			"A service that is built here has its source code by bind mount or by `develop: watch:`, so that an edit is seen at once.",
			"Code that only stands in the image changes with a new image only: each edit costs a build and a restart.",
			"services:\n  app:\n    build: .\n    volumes:\n      - ./src:/app", "services:\n  app:\n    build: .",
			"**Source code**: Bind mount (edit locally, see changes instantly)", (*check).sourceByBindMount},
		{NoBindMounts, inProduction, Error,
			"Nothing is bind mounted: code is frozen in the image when it is built.",
			"A bind mount shows whatever stands on that host at that time. What runs is then not what was tested, differs from host to host, and cannot be rolled back with the image.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3", "services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    volumes:\n      - ./src:/app",
			"**Source code**: Immutable image layer (no bind mounts; code is frozen at build time)", (*check).noBindMounts},
		{NoHostInterfaces, inProduction, Error,
			"No service is given the host's own interfaces: its sockets, devices, kernel file systems or clock files.",
			"Who can write to docker.sock is root on the host; /proc, /sys and /dev tell and change what belongs to other containers. Such a mount also ties the service to one host's layout.",
			"services:\n  proxy:\n    image: traefik:v3.5.3\n    environment:\n      TRAEFIK_PROVIDERS_DOCKER_ENDPOINT: tcp://socket-proxy:2375",
			"services:\n  proxy:\n    image: traefik:v3.5.3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock",
			"**Goal**: Security, reliability, immutability, performance", (*check).noHostInterfaces},
		{ImmutableImage, inProduction, Error,
			"Every service runs an image of a fixed version, better of a digest, and builds none.",
			"A tag such as latest, lts or 17 names another image tomorrow: two hosts run different programs, and a restart becomes an upgrade that nobody tested.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3", "services:\n  app:\n    image: registry.example.com/app:latest",
			"image: myregistry.azurecr.io/app:v1.2.3  # Immutable image", (*check).immutableImage},
		{DataOnNamedVolumes, inBoth, Error,
			"What must outlive a container is kept on named volumes.",
			"Data in a container's own layer is lost with the container; on an anonymous volume no later container finds it; on a tmpfs it ends with the process; on a bind mount it depends on one host's directories and their owners.",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql/data\n\nvolumes:\n  db:", "services:\n  db:\n    image: postgres:17.6",
			"**Data**: Named volumes with explicit backup policies", (*check).dataOnNamedVolumes},
		{DataDirectory, inBoth, Error,
			"A store's volume is mounted where that version of the image keeps its data.",
			"An image that declares a VOLUME below the mount, or keeps its data elsewhere, writes into an anonymous volume. All looks well until the next container starts empty.",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql/data\n\nvolumes:\n  db:",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql\n\nvolumes:\n  db:",
			"Solution: Mount a named volume to Qdrant's data directory.", (*check).dataDirectory},
		{LogsByBindMount, inDevelopment, Warning,
			"A directory of logs is bind mounted, to be read on the host and to outlive a restart.",
			"Logs on a named volume or a tmpfs need a container to be read, and a tmpfs loses them at each stop.",
			"services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - ./logs:/app/logs", "services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - logs:/app/logs\n\nvolumes:\n  logs:",
			"**Logs**: Bind mount (inspect on host, persist across restarts)", (*check).logsByBindMount},
		{NoLocalLogs, inProduction, Error,
			"No directory of logs is mounted: logs are shipped to a logging service.",
			"Logs on one host are lost with the host, fill its disk, and are not where the others are.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    logging:\n      driver: syslog\n      options:\n        syslog-address: tcp://logs.example.com:514",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    volumes:\n      - ./logs:/app/logs",
			"**Logs**: Shipped to centralized logging service (not local filesystem)", (*check).noLocalLogs},
		{NoSecretValues, inBoth, Error,
			"No secret value stands in the compose file itself, nor in an env file of the repository.",
			"Who can read the repository, its history or a build's log has the secret, and changing it takes a commit. A default counts: it is what runs wherever the variable is forgotten.",
			"services:\n  app:\n    image: app:v1.2.3\n    environment:\n      API_KEY: ${API_KEY:?put it into .env}", "services:\n  app:\n    image: app:v1.2.3\n    environment:\n      API_KEY: hunter22",
			"**Secrets**: Environment variables or tmpfs (not committed to git)", (*check).noSecretValues},
		{NoRawSecretFiles, inProduction, Error,
			"No secret comes from a raw file of the host.",
			"A file of keys beside the project is copied, backed up and committed with it, and whoever runs any container on that host can mount it.",
			"services:\n  app:\n    image: app:v1.2.3\n    secrets: [api_key]\n\nsecrets:\n  api_key:\n    environment: API_KEY",
			"services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - ~/.aws:/root/.aws:ro",
			"secure environment variables (never raw files)", (*check).noRawSecretFiles},
		{Suppression, inBoth, Error,
			"A comment that allows a finding names a rule and gives a reason.",
			"Without a reason nobody knows later whether the exception still holds; with a misspelt rule the comment does nothing.",
			"services:\n  # holdfast:allow no-host-interfaces the proxy finds its services there\n  proxy:\n    image: traefik:v3.5.3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro",
			"services:\n  # holdfast:allow no-host-interfaces\n  proxy:\n    image: traefik:v3.5.3",
			"", (*check).suppression},
	}
}

// Rules lists the rules of a kind.
func Rules(kind Kind) []Rule {
	return slices.DeleteFunc(AllRules(), func(rule Rule) bool { return !slices.Contains(rule.Kinds, kind) })
}

// ruleByID returns a rule; nil where there is none of that name.
func ruleByID(id string) *Rule {
	for _, rule := range AllRules() {
		if rule.ID == id {
			return &rule
		}
	}
	return nil
}

func ruleIDs() (ids []string) {
	for _, rule := range AllRules() {
		ids = append(ids, rule.ID)
	}
	return ids
}
