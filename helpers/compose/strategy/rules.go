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
			"Code that is only in the image changes only with the image: every edit costs a rebuild and a restart.",
			"services:\n  app:\n    build: .\n    volumes:\n      - ./src:/app", "services:\n  app:\n    build: .",
			"**Source code**: Bind mount (edit locally, see changes instantly)", (*check).sourceByBindMount},
		{NoBindMounts, inProduction, Error,
			"Nothing is bind mounted: code is frozen in the image when it is built.",
			"A bind mount shows whatever is on that host at that moment. What runs is then not what was tested, differs from host to host, and cannot be rolled back with the image.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3", "services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    volumes:\n      - ./src:/app",
			"**Source code**: Immutable image layer (no bind mounts; code is frozen at build time)", (*check).noBindMounts},
		{NoHostInterfaces, inProduction, Error,
			"No service gets the host's own interfaces: sockets, devices, kernel file systems or clock files.",
			"Access to docker.sock is root access to the host. /proc, /sys and /dev expose other containers and the kernel. Such a mount also ties the service to the layout of one host.",
			"services:\n  proxy:\n    image: traefik:v3.5.3\n    environment:\n      TRAEFIK_PROVIDERS_DOCKER_ENDPOINT: tcp://socket-proxy:2375",
			"services:\n  proxy:\n    image: traefik:v3.5.3\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock",
			"**Goal**: Security, reliability, immutability, performance", (*check).noHostInterfaces},
		{ImmutableImage, inProduction, Error,
			"Every service runs an image with a fixed version, preferably a digest, and no service builds its image at deployment.",
			"A tag such as latest, lts or 17 names a different image tomorrow: two hosts run different programs, and a restart becomes an untested upgrade.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3", "services:\n  app:\n    image: registry.example.com/app:latest",
			"image: myregistry.azurecr.io/app:v1.2.3  # Immutable image", (*check).immutableImage},
		{DataOnNamedVolumes, inBoth, Error,
			"What must outlive a container is kept on named volumes.",
			"Data in a container's own layer is lost with the container. Data on an anonymous volume is not found by the next container. Data on a tmpfs is lost when the container stops. Data on a bind mount depends on the directories and file owners of one host.",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql/data\n\nvolumes:\n  db:", "services:\n  db:\n    image: postgres:17.6",
			"**Data**: Named volumes with explicit backup policies", (*check).dataOnNamedVolumes},
		{DataDirectory, inBoth, Error,
			"A store's volume is mounted where that version of the image keeps its data.",
			"If the image declares a VOLUME below the mount, or keeps its data elsewhere, the data goes to an anonymous volume or stays in the container. Everything looks fine until the next container starts empty.",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql/data\n\nvolumes:\n  db:",
			"services:\n  db:\n    image: postgres:17.6\n    volumes:\n      - db:/var/lib/postgresql\n\nvolumes:\n  db:",
			"Solution: Mount a named volume to Qdrant's data directory.", (*check).dataDirectory},
		{LogsByBindMount, inDevelopment, Warning,
			"Log directories are bind mounted, so that they can be read on the host and outlive a restart.",
			"Logs on a named volume or a tmpfs can only be read through a container, and a tmpfs loses them at every stop.",
			"services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - ./logs:/app/logs", "services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - logs:/app/logs\n\nvolumes:\n  logs:",
			"**Logs**: Bind mount (inspect on host, persist across restarts)", (*check).logsByBindMount},
		{NoLocalLogs, inProduction, Error,
			"No log directory is mounted: logs are shipped to a logging service.",
			"Logs on one host are lost with the host, fill its disk, and cannot be searched together with the others.",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    logging:\n      driver: syslog\n      options:\n        syslog-address: tcp://logs.example.com:514",
			"services:\n  app:\n    image: registry.example.com/app:v1.2.3\n    volumes:\n      - ./logs:/app/logs",
			"**Logs**: Shipped to centralized logging service (not local filesystem)", (*check).noLocalLogs},
		{NoSecretValues, inBoth, Error,
			"No secret is hard-coded in the compose file or in a committed env file.",
			"Everyone who can read the repository, its history or a build log has the secret, and rotating it takes a commit. A default counts too: it is what runs wherever the variable is not set.",
			"services:\n  app:\n    image: app:v1.2.3\n    environment:\n      API_KEY: ${API_KEY:?put it into .env}", "services:\n  app:\n    image: app:v1.2.3\n    environment:\n      API_KEY: hunter22",
			"**Secrets**: Environment variables or tmpfs (not committed to git)", (*check).noSecretValues},
		{NoRawSecretFiles, inProduction, Error,
			"No secret comes from a plain file on the host.",
			"A file of keys beside the project is copied, backed up and committed with it, and anyone who can start a container on that host can mount it.",
			"services:\n  app:\n    image: app:v1.2.3\n    secrets: [api_key]\n\nsecrets:\n  api_key:\n    environment: API_KEY",
			"services:\n  app:\n    image: app:v1.2.3\n    volumes:\n      - ~/.aws:/root/.aws:ro",
			"secure environment variables (never raw files)", (*check).noRawSecretFiles},
		{Suppression, inBoth, Error,
			"A comment that allows a finding names an existing rule and gives a reason.",
			"Without a reason, nobody can tell later whether the exception is still needed. With a misspelt rule, the comment has no effect.",
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
