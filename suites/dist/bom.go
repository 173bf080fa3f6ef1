package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// used reads the modules from what `go list -json=Module` prints, one object for each package.
func used(output []byte) (all []imported, err error) {
	seen := map[string]bool{}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var listed struct{ Module *imported }
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		m := listed.Module
		if m == nil || m.Main || seen[m.Path] {
			continue
		}
		seen[m.Path] = true
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b imported) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// writeBOM writes a bill of materials of one file in CycloneDX's JSON. It has neither a
// serial number nor a time: equal files have equal bills.
func writeBOM(name string, v version, p platform, sum string, modules []imported) error {
	bom := cdx.NewBOM()
	bom.SerialNumber = ""
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{
		Type: cdx.ComponentTypeApplication, BOMRef: p.file(), Name: p.file(), Version: v.tag, PackageURL: purl(module, v.tag),
		Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sum}},
	}}
	components := []cdx.Component{{Type: cdx.ComponentTypeLibrary, BOMRef: "std", Name: "std", Version: runtime.Version(), PackageURL: purl("std", strings.TrimPrefix(runtime.Version(), "go"))}}
	for _, m := range modules {
		components = append(components, cdx.Component{
			Type: cdx.ComponentTypeLibrary, BOMRef: m.Path, Name: m.Path, Version: m.Version, PackageURL: purl(m.Path, m.Version),
		})
	}
	bom.Components = &components
	var refs []string
	for _, c := range components {
		refs = append(refs, c.BOMRef)
	}
	bom.Dependencies = &[]cdx.Dependency{{Ref: p.file(), Dependencies: &refs}}
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

// purl returns the package URL of a Go module.
func purl(path, version string) string {
	return "pkg:golang/" + path + "@" + url.PathEscape(version)
}
