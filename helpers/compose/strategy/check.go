package strategy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
)

// check holds the state of the check of one project.
type check struct {
	ctx      context.Context
	project  *model.Project
	kind     Kind
	config   Config
	services []*service
	rule     Rule
	findings []Finding
}

// service is a service with the facts that the rules need.
type service struct {
	types.ServiceConfig
	layers []model.Layer
	mounts []mount
	image  string      // `image`, or the base image of its Dockerfile
	file   *dockerfile // nil without a build, or if it cannot be read
	job    bool        // it runs once and exits
}

// prepare lists the active services and jobs by name.
func (c *check) prepare() {
	for _, name := range c.project.ServiceNames() {
		c.services = append(c.services, c.service(c.project.Services[name], "services"))
	}
	for name, job := range c.project.Jobs {
		s := c.service(types.ServiceConfig{Name: name, ContainerSpec: job.ContainerSpec, WorkloadSpec: job.WorkloadSpec}, "jobs")
		s.job = true
		c.services = append(c.services, s)
	}
	slices.SortFunc(c.services, func(a, b *service) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range c.services {
		s.mounts = append(s.mounts, c.inherited(s)...)
	}
}

func (c *check) service(config types.ServiceConfig, section string) *service {
	s := &service{ServiceConfig: config, layers: c.project.Layers(section, config.Name)}
	s.mounts = c.mounts(s)
	s.file = readDockerfile(config.Build)
	s.image = config.Image
	if config.Build != nil {
		s.image = ""
		if s.file != nil {
			s.image = s.file.base
		}
	}
	s.job = c.isJob(config)
	return s
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// at returns the place of a key of the service, or of the service itself.
func (s *service) at(keys ...string) place {
	for _, layer := range s.layers {
		if found := model.Find(layer.Value, keys...); len(keys) > 0 && found.Key != nil {
			return place{layer.File, found.Key.Line}
		}
	}
	if len(s.layers) == 0 {
		return place{}
	}
	return place{s.layers[0].File, s.layers[0].Key.Line}
}

// of returns the place of a key of a volume, a secret or another named entry, or
// of the entry itself.
func (c *check) of(section, name string, keys ...string) place {
	layers := c.project.Layers(section, name)
	for _, layer := range layers {
		if found := model.Find(layer.Value, keys...); len(keys) > 0 && found.Key != nil {
			return place{layer.File, found.Key.Line}
		}
	}
	if len(layers) == 0 {
		return place{}
	}
	return place{layers[0].File, layers[0].Key.Line}
}

// found records a finding of the current rule with the remedy for its case.
func (c *check) found(at place, s *service, remedy, format string, args ...any) {
	c.add(c.rule.Severity, at, s, remedy, format, args...)
}

// warn records a finding as a warning, whatever the severity of the rule is.
func (c *check) warn(at place, s *service, remedy, format string, args ...any) {
	c.add(Warning, at, s, remedy, format, args...)
}

func (c *check) add(severity Severity, at place, s *service, remedy, format string, args ...any) {
	finding := Finding{File: at.file, Line: at.line, Rule: c.rule.ID, Severity: severity, Remedy: remedy,
		What: model.Printable(fmt.Sprintf(format, args...))}
	if s != nil {
		finding.Services = []string{s.Name}
	}
	c.findings = append(c.findings, finding)
}

// report sorts the findings by place, merges them, and leaves out those that the
// files or the configuration allow.
func (c *check) report() *Report {
	// The compose files in their order, and then the env files.
	order := map[string]int{}
	for i, source := range c.project.Sources {
		order[source.File] = i - len(c.project.Sources)
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.What, b.What), cmp.Compare(joined(a.Services), joined(b.Services)))
	})
	report := &Report{}
	allowed := allowances(c.project.Sources)
	for _, finding := range merged(c.findings) {
		switch severity := c.config.severity(finding.Rule, finding.Severity); {
		case severity == Off:
		case allows(allowed, finding):
			report.Suppressed = append(report.Suppressed, finding)
		default:
			finding.Severity = severity
			report.Findings = append(report.Findings, finding)
		}
	}
	return report
}

// merged combines findings that differ only in their service, as those of an
// anchor that several services use.
func merged(sorted []Finding) (all []Finding) {
	for _, finding := range sorted {
		if n := len(all); n > 0 && all[n-1].File == finding.File && all[n-1].Line == finding.Line && all[n-1].Rule == finding.Rule && all[n-1].What == finding.What {
			for _, name := range finding.Services {
				if !slices.Contains(all[n-1].Services, name) {
					all[n-1].Services = append(slices.Clip(all[n-1].Services), name)
				}
			}
			continue
		}
		all = append(all, finding)
	}
	return all
}

func joined(names []string) string { return strings.Join(names, ", ") }
