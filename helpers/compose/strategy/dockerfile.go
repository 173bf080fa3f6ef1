package strategy

import (
	"bufio"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
)

// dockerfile holds what a Dockerfile says about storage.
type dockerfile struct {
	base    string   // the image that the last stage begins from
	copies  bool     // it copies source code from its context
	volumes []string // the VOLUMEs of its last stage
}

var fromLine = regexp.MustCompile(`(?i)^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)

// readDockerfile reads the Dockerfile of a build; nil if it cannot be read.
func readDockerfile(build *types.BuildConfig) *dockerfile {
	if build == nil {
		return nil
	}
	if build.DockerfileInline != "" {
		return parseDockerfile(build.DockerfileInline, build.Args)
	}
	name := build.Dockerfile
	if name == "" {
		name = "Dockerfile"
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(build.Context, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return parseDockerfile(string(text), build.Args)
}

func parseDockerfile(text string, given types.MappingWithEquals) *dockerfile {
	parsed := &dockerfile{}
	args := map[string]string{}
	stages := map[string]string{}
	volumes := map[string][]string{}
	for _, line := range instructions(text) {
		instruction, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		switch strings.ToUpper(instruction) {
		case "ARG":
			name, value, _ := strings.Cut(rest, "=")
			args[name] = strings.Trim(value, `"'`)
			if value, set := given[name]; set && value != nil {
				args[name] = *value
			}
		case "FROM":
			found := fromLine.FindStringSubmatch(line)
			if found == nil {
				continue
			}
			image, err := model.Expand(found[1], func(v model.Variable) (string, error) {
				if value := args[v.Name]; value != "" {
					return value, nil
				}
				return v.Word, nil
			})
			if err != nil {
				image = found[1]
			}
			parsed.volumes = nil
			if earlier, is := stages[strings.ToLower(image)]; is {
				parsed.volumes = slices.Clone(volumes[strings.ToLower(image)])
				image = earlier
			}
			parsed.base = image
			if found[2] != "" {
				stages[strings.ToLower(found[2])] = image
			}
		case "VOLUME":
			for _, volume := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(` [],"'`, r) }) {
				parsed.volumes = append(parsed.volumes, path.Clean(volume))
			}
		case "COPY", "ADD":
			if copiesCode(rest) {
				parsed.copies = true
			}
		}
		for name := range stages {
			volumes[name] = parsed.volumes
		}
	}
	return parsed
}

// copiesCode reports whether a COPY takes source code from the context. Configuration,
// scripts, lists of dependencies and files of another stage do not count.
func copiesCode(rest string) bool {
	fields := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t[],\"'", r) })
	for len(fields) > 0 && strings.HasPrefix(fields[0], "--") {
		if strings.HasPrefix(fields[0], "--from=") {
			return false
		}
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return false
	}
	target := fields[len(fields)-1]
	if strings.HasPrefix(target, "/etc/") || has(target, configWords) {
		return false
	}
	return slices.ContainsFunc(fields[:len(fields)-1], func(source string) bool {
		ext := extension(source)
		switch {
		case strings.Contains(source, "://"), strings.HasPrefix(source, "<<"), ext == "sh", ext == "bash", slices.Contains(configExtensions, ext), ext == "lock", ext == "mod", ext == "sum", ext == "gz", ext == "tgz", ext == "zip":
			return false
		case ext == "":
			// Without an extension it is a directory, or a script or a list such as Gemfile.
			return !slices.Contains([]string{"Gemfile", "Pipfile", "Caddyfile", "crontab", "entrypoint", "conf", "config", "scripts", "etc", "rootfs", "docker"}, path.Base(source)) && !has(source, configWords)
		}
		return true
	})
}

// instructions lists the instructions of a Dockerfile, continued lines joined
// and comments left out.
func instructions(text string) (all []string) {
	var current strings.Builder
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		if before, continued := strings.CutSuffix(line, `\`); continued {
			current.WriteString(before + " ")
			continue
		}
		current.WriteString(line)
		all = append(all, current.String())
		current.Reset()
	}
	if current.Len() > 0 {
		all = append(all, current.String())
	}
	return all
}
