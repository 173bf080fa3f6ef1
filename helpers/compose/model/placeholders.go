package model

import (
	"maps"
	"strconv"
	"strings"

	interp "github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/tree"
)

// neutral returns replacements for placeholders, by path, where Compose expects a
// number, a duration or one of a few words. No rule looks at these values.
func neutral() map[tree.Path]func(string) string {
	all := map[tree.Path]func(string) string{}
	for value, paths := range map[string][]string{
		"1s": {
			"healthcheck.interval", "healthcheck.timeout", "healthcheck.start_period", "healthcheck.start_interval", "stop_grace_period",
			"deploy.update_config.delay", "deploy.update_config.monitor", "deploy.rollback_config.delay", "deploy.rollback_config.monitor",
			"deploy.restart_policy.delay", "deploy.restart_policy.window", "pull_refresh_after",
		},
		"1": {
			"mem_limit", "memswap_limit", "mem_reservation", "mem_swappiness", "shm_size", "build.shm_size", "pids_limit",
			"deploy.resources.limits.memory", "deploy.resources.limits.cpus", "deploy.resources.limits.pids",
			"deploy.resources.reservations.memory", "deploy.resources.reservations.cpus",
			"volumes.[].tmpfs.size", "volumes.[].tmpfs.mode", "configs.[].mode", "secrets.[].mode",
			"deploy.update_config.max_failure_ratio", "deploy.rollback_config.max_failure_ratio",
		},
		"true": {
			"build.no_cache", "build.pull", "build.privileged", "env_file.[].required", "use_api_socket",
			"volumes.[].bind.create_host_path", "attach",
		},
		"missing": {"pull_policy"}, "host": {"cgroup"}, "service_started": {"depends_on.*.condition"}, "start-first": {"deploy.update_config.order"},
		"sync": {"develop.watch.[].action"}, "volume": {"volumes.[].type"}, "z": {"volumes.[].bind.selinux"}, "tcp": {"ports.[].protocol"},
		"consistent": {"volumes.[].consistency"}, "enabled": {"volumes.[].bind.recursive"}, "127.0.0.1": {"ports.[].host_ip"},
		"02:42:ac:11:00:02": {"mac_address"}, "linux/amd64": {"platform"},
	} {
		for _, path := range paths {
			all[tree.Path("services.*."+path)] = func(string) string { return value }
		}
	}
	for _, path := range []string{"ports.[]", "expose.[]", "ports.[].published"} {
		all[tree.Path("services.*."+path)] = port
	}
	all["services.*.volumes.[]"], all["services.*.volumes.[].source"] = path, path
	return all
}

// path makes "${DATA}/db:/data" a bind mount, as only a path has a slash there.
// "${DATA}:/data" stays undecided.
func path(text string) string {
	if at := unset.FindStringIndex(text); at != nil && at[0] == 0 && strings.HasPrefix(text[at[1]:], "/") {
		return rooted + text
	}
	return text
}

// port turns an unknown port into a distinct number: duplicates would be an error.
func port(text string) string {
	sum := 0
	for _, c := range text {
		sum = (sum*31 + int(c)) % 40_000
	}
	return strconv.Itoa(sum + 20_000)
}

// tolerate makes the loader use placeholders for unset variables.
func tolerate(options *loader.Options) {
	options.Interpolate.Substitute = substitute
	casts := maps.Clone(options.Interpolate.TypeCastMapping)
	for path, cast := range casts {
		casts[path] = func(value string) (any, error) {
			if !IsUnset(value) {
				return cast(value)
			}
			// A number or a boolean, whichever the cast accepts.
			if known, err := cast("1"); err == nil {
				return known, nil
			}
			return cast("false")
		}
	}
	for pattern, replace := range neutral() {
		if _, has := casts[pattern]; has {
			continue
		}
		var cast interp.Cast = func(value string) (any, error) {
			if IsUnset(value) {
				return replace(value), nil
			}
			return value, nil
		}
		casts[pattern] = cast
	}
	options.Interpolate.TypeCastMapping = casts
}
