package strategy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ConfigName is the name under which a configuration is found beside a
// project or above it.
const ConfigName = ".holdfast-check.yaml"

// Config adapts the rules to a project's own names.
type Config struct {
	// Stores are images that keep data, with the directories that they keep it in.
	Stores map[string][]string `yaml:"stores"`
	// SecretNames and PublicNames are patterns such as "*_PIN" of names whose values are secrets, and are not.
	SecretNames []string `yaml:"secret-names"`
	PublicNames []string `yaml:"public-names"`
	// AllowedBinds are patterns of sources as the files write them, such as "./config/*", that may be bind mounted.
	AllowedBinds []string `yaml:"allowed-binds"`
	// Severities are error, warning or off by rule.
	Severities map[string]Severity `yaml:"severities"`
}

// ReadConfig reads a configuration. A key or a rule that does not exist is an error.
func ReadConfig(file string) (Config, error) {
	var config Config
	text, err := os.ReadFile(file)
	if err != nil {
		return config, fmt.Errorf("reading the configuration: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil && !errors.Is(err, io.EOF) {
		return config, fmt.Errorf("reading the configuration %s: %w", file, err)
	}
	for _, rule := range slices.Sorted(maps.Keys(config.Severities)) {
		if ruleByID(rule) == nil {
			return config, fmt.Errorf("%s: severities: %q is not a rule: %s", file, rule, strings.Join(ruleIDs(), ", "))
		}
		if severity := config.Severities[rule]; !slices.Contains([]Severity{Error, Warning, Off}, severity) {
			return config, fmt.Errorf("%s: severities: %s is %q, and neither %s, %s nor %s", file, rule, severity, Error, Warning, Off)
		}
	}
	for _, patterns := range [][]string{config.SecretNames, config.PublicNames, config.AllowedBinds} {
		for _, pattern := range patterns {
			if _, err := path.Match(pattern, ""); err != nil {
				return config, fmt.Errorf("%s: %q is not a pattern: %w", file, pattern, err)
			}
		}
	}
	return config, nil
}

// FindConfig returns the configuration beside a project, or the nearest one
// above it; empty where there is none.
func FindConfig(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		file := filepath.Join(at, ConfigName)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if filepath.Dir(at) == at {
			return "", nil
		}
		at = filepath.Dir(at)
	}
}

// severity returns a rule's severity as configured.
func (c Config) severity(rule string, severity Severity) Severity {
	if chosen, is := c.Severities[rule]; is {
		return chosen
	}
	return severity
}

// allowsBind reports whether a source may be bind mounted.
func (c Config) allowsBind(m mount) bool {
	return m.bound && slices.ContainsFunc(c.AllowedBinds, func(pattern string) bool {
		if inner, all := strings.CutSuffix(pattern, "/**"); all && (m.written == inner || strings.HasPrefix(m.written, inner+"/")) {
			return true
		}
		is, err := path.Match(pattern, m.written)
		return err == nil && is
	})
}
