package strategy

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
)

const (
	remedySource = "mount the source directory into the service, as `./src:/app`, or sync it with `develop: watch:`"
	remedyLogs   = "mount a directory of the host there, as `./logs:/app/logs`"
	remedyShip   = "log to stdout and stderr, and let a logging driver or a collector ship it"
	remedyCopy   = "copy it into the image, or keep it on a named volume"
	remedyConfig = "pass it with `configs:` (`configs: NAME: content:` or `file:`), or copy it into the image"
	remedyHost   = "remove the mount if the service works without it; if it needs the interface, mount it read-only or through a filtering proxy, and allow it with a comment"
	remedyAgent  = "run the collector as part of the platform (a logging driver, a DaemonSet), or allow the mount with a comment"
)

// isJob reports whether a service runs once and exits. It needs no source mount
// and keeps no data of its own.
func (c *check) isJob(s types.ServiceConfig) bool {
	for _, other := range c.project.Services {
		if needed, is := other.DependsOn[s.Name]; is && needed.Condition == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	return s.Deploy != nil && strings.HasSuffix(s.Deploy.Mode, "-job") || jobName.MatchString(s.Name) && (s.Restart == "" || s.Restart == "no" || strings.HasPrefix(s.Restart, "on-failure"))
}

var jobName = regexp.MustCompile(`(?i)(?:^|[-_])(?:migrate|migrations?|migrator|seed|seeder|init|setup|bootstrap|backup|restore|import|provision|createbuckets?|create-buckets?|e2e|tests?|lint|certbot|cli|builder|codegen|one-?shot|job)(?:$|[-_])`)

// sourceByBindMount finds builds that do not see an edit of their source code at once.
func (c *check) sourceByBindMount() {
	for _, s := range c.services {
		switch {
		case s.Build == nil, s.job, s.Develop != nil && len(s.Develop.Watch) > 0:
		case s.file != nil && !s.file.copies, remoteContext.MatchString(s.Build.Context), model.IsUnset(s.Build.Context + s.Build.Dockerfile):
			// A wrapper around another image, or code that is not here.
		case slices.ContainsFunc(s.mounts, func(m mount) bool { return m.unknown || m.bound && c.purpose(s, m) == code }):
		default:
			c.found(s.at("build"), s, remedySource, "no source code is bind mounted, so each edit needs an image rebuild")
		}
	}
}

var remoteContext = regexp.MustCompile(`^(?:https?://|git://|ssh://|git@|github\.com/|oci://)|\.git(?:#|$)`)

// logsByBindMount finds log directories that are not on the host.
func (c *check) logsByBindMount() {
	for _, s := range c.services {
		for _, m := range s.mounts {
			if kind := c.purpose(s, m); kind == logs && !m.bound && !m.unknown && !m.ReadOnly {
				c.found(m.at, s, remedyLogs, "logs at %s are on a %s, not on the host", m.Target, m.Type)
			}
		}
	}
}

// noBindMounts finds code and configuration that is bind mounted. Logs, data,
// secrets and the host's interfaces have rules of their own.
func (c *check) noBindMounts() {
	for _, s := range c.services {
		for _, m := range s.mounts {
			if !m.bound || m.unknown || m.allowed {
				continue
			}
			switch c.purpose(s, m) {
			case code, dependencies:
				c.found(m.at, s, remedyCopy, "%s is bind mounted at %s", m.written, m.Target)
			case configuration:
				c.warn(m.at, s, remedyConfig, "configuration %s is bind mounted at %s", m.written, m.Target)
			}
		}
	}
}

// noHostInterfaces finds mounts that let a service watch or control the host.
func (c *check) noHostInterfaces() {
	for _, s := range c.services {
		for _, m := range s.mounts {
			if m.allowed {
				continue
			}
			switch c.purpose(s, m) {
			case hostInterface:
				if harmlessInterfaces.MatchString(filepath.ToSlash(m.Source)) {
					c.warn(m.at, s, remedyHost, "host interface %s is mounted at %s", m.written, m.Target)
				} else {
					c.found(m.at, s, remedyHost, "host interface %s is mounted at %s", m.written, m.Target)
				}
			case hostLogs:
				c.warn(m.at, s, remedyAgent, "host logs in %s are mounted at %s", m.written, m.Target)
			}
		}
	}
}

// harmlessInterfaces only describe the host.
var harmlessInterfaces = regexp.MustCompile(`^/etc/(?:localtime|timezone|machine-id|os-release|hosts|hostname|resolv\.conf)$|^/usr/share/zoneinfo|^/var/cache/fontconfig$`)

// noLocalLogs finds log directories that stay on this host.
func (c *check) noLocalLogs() {
	for _, s := range c.services {
		for _, m := range s.mounts {
			if c.purpose(s, m) == logs && !m.ReadOnly && !m.allowed && m.Type != types.VolumeTypeTmpfs {
				c.found(m.at, s, remedyShip, "logs at %s stay on this host (%s)", m.Target, m.Type)
			}
		}
	}
}
