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
	text, err := yaml.Marshal(override(project.Project, p.box.Labels(), p.publishedOn(), strip))
	if err != nil {
		return nil, true, fmt.Errorf("writing the override file: %w", err)
	}
	if err := os.WriteFile(p.override, text, 0o644); err != nil {
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
func override(project *types.Project, labels map[string]string, address string, stripped bool) *yaml.Node {
	services, networks, volumes := mapping(), mapping(), mapping()
	for _, name := range slices.Sorted(maps.Keys(project.Services)) {
		service := project.Services[name]
		ours := mapping("labels", stringsOf(labels))
		if service.Build != nil {
			// `make clean` finds the image by its labels if this run dies.
			add(ours, "build", mapping("labels", stringsOf(labels)))
		}
		if len(service.Ports) > 0 && service.NetworkMode != "host" {
			ports := &yaml.Node{Kind: yaml.SequenceNode}
			if !stripped {
				ports.Tag = "!override"
			}
			for _, port := range service.Ports {
				ports.Content = append(ports.Content, free(port, address))
			}
			add(ours, "ports", ports)
		}
		add(services, name, ours)
	}
	for _, name := range slices.Sorted(maps.Keys(project.Networks)) {
		if !project.Networks[name].External {
			add(networks, name, mapping("labels", stringsOf(labels)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(project.Volumes)) {
		if !project.Volumes[name].External {
			add(volumes, name, mapping("labels", stringsOf(labels)))
		}
	}
	root := mapping("services", services)
	for key, value := range map[string]*yaml.Node{"networks": networks, "volumes": volumes} {
		if len(value.Content) > 0 {
			add(root, key, value)
		}
	}
	return root
}

// free publishes a container's port on a free port.
func free(port types.ServicePortConfig, address string) *yaml.Node {
	entry := mapping("target", number(port.Target))
	if port.Protocol != "" {
		add(entry, "protocol", text(port.Protocol))
	}
	if address != "" {
		add(entry, "host_ip", text(address))
	}
	return entry
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

func mapping(pairs ...any) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		add(node, pairs[i].(string), pairs[i+1].(*yaml.Node))
	}
	return node
}

func add(node *yaml.Node, key string, value *yaml.Node) {
	node.Content = append(node.Content, text(key), value)
}

func stringsOf(values map[string]string) *yaml.Node {
	node := mapping()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		add(node, key, text(values[key]))
	}
	return node
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.DoubleQuotedStyle}
}

func number(value uint32) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatUint(uint64(value), 10)}
}
