package compose

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/Masterminds/semver/v3"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

// overrideTag is the first Compose that supports the tag !override. An older one
// gets copies of the files without their ports.
var overrideTag = semver.New(2, 24, 4, "", "")

// prepare writes the override file, since specs edit their projects, and returns
// the -f arguments. A project that does not load gets no override file, and loads
// is false: nothing may be created of it, as it would lack our labels.
func (p *Project) prepare(ctx context.Context) (arguments []string, loads bool, err error) {
	project, err := p.Model(ctx)
	strip := err == nil && p.old()
	for _, file := range p.files {
		path := filepath.Join(p.Dir.Path, file)
		if strip {
			if path, err = p.withoutPorts(file); err != nil {
				return nil, false, err
			}
		}
		arguments = append(arguments, "-f", path)
	}
	if err != nil {
		return arguments, false, nil
	}
	content, err := override(project.Project, p.box.Labels(), p.publishedOn(), strip)
	if err != nil {
		return nil, true, err
	}
	text, err := yaml.Marshal(content)
	if err == nil {
		err = os.WriteFile(p.override, text, 0o644)
	}
	if err != nil {
		return nil, true, fmt.Errorf("writing the override file: %w", err)
	}
	return append(arguments, "-f", p.override), true, nil
}

func (p *Project) old() bool {
	version, err := semver.NewVersion(p.tool.Version)
	return err == nil && version.LessThan(overrideTag)
}

// publishedOn returns the address to publish ports on: the loopback address
// unless the engine is on another machine.
func (p *Project) publishedOn() string {
	if host := p.box.Engine().PublishedHost(); host == "127.0.0.1" || host == "localhost" {
		return "127.0.0.1"
	}
	return ""
}

// override returns a compose file that adds our labels to all objects of the
// project and publishes its ports on free ports.
func override(project *types.Project, labels map[string]string, address string, stripped bool) (map[string]any, error) {
	labelled := map[string]any{"labels": labels}
	services, networks, volumes := map[string]any{}, map[string]any{}, map[string]any{}
	for name, service := range project.Services {
		ours := maps.Clone(labelled)
		if service.Build != nil {
			ours["build"] = labelled // `make clean` finds the image by its labels if this run dies
		}
		if len(service.Ports) > 0 && service.NetworkMode != "host" {
			ports, err := freePorts(service.Ports, address)
			if err != nil {
				return nil, err
			}
			if !stripped {
				ports.Tag = "!override"
			}
			ours["ports"] = ports
		}
		services[name] = ours
	}
	for name, network := range project.Networks {
		if !network.External {
			networks[name] = labelled
		}
	}
	for name, volume := range project.Volumes {
		if !volume.External {
			volumes[name] = labelled
		}
	}
	return map[string]any{"services": services, "networks": networks, "volumes": volumes}, nil
}

// freePorts publishes a container's ports on free ports.
func freePorts(ports []types.ServicePortConfig, address string) (*yaml.Node, error) {
	var entries []map[string]any
	for _, port := range ports {
		entry := map[string]any{"target": port.Target}
		if port.Protocol != "" {
			entry["protocol"] = port.Protocol
		}
		if address != "" {
			entry["host_ip"] = address
		}
		entries = append(entries, entry)
	}
	var node yaml.Node
	return &node, node.Encode(entries)
}

// withoutPorts writes a copy of a compose file without its ports.
func (p *Project) withoutPorts(file string) (string, error) {
	data, err := os.ReadFile(filepath.Join(p.Dir.Path, file))
	if err != nil {
		return "", err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return "", err
	}
	if len(document.Content) > 0 {
		for _, service := range model.Pairs(model.Find(document.Content[0], "services").Value) {
			drop(service.Value, "ports")
		}
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	if err := encoder.Encode(&document); err != nil {
		return "", err
	}
	path := filepath.Join(p.stripped, strconv.Itoa(slices.Index(p.files, file))+"-"+filepath.Base(file))
	return path, os.WriteFile(path, out.Bytes(), 0o644)
}

func drop(node *yaml.Node, key string) {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content = slices.Delete(node.Content, i, i+2)
			return
		}
	}
}
