package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func TestFilesAreNamedAfterTheirPlatform(t *testing.T) {
	for name, want := range map[string]string{"linux/arm64": "holdfast-linux-arm64", "windows/amd64": "holdfast-windows-amd64.exe"} {
		if p, err := parse(name); err != nil || p.file() != want {
			t.Errorf("%s: %s, %v", name, p.file(), err)
		}
	}
	if _, err := parse("linux"); err == nil {
		t.Error("a platform without an architecture is taken")
	}
}

func TestTheBillNamesEachModuleOnce(t *testing.T) {
	modules, err := used([]byte(`{} {"Module":{"Path":"m/main","Main":true}}
{"Module":{"Path":"m/b","Version":"v1.0.0"}} {"Module":{"Path":"m/b","Version":"v1.0.0"}}
{"Module":{"Path":"m/a","Version":"v0.0.0","Replace":{"Path":"m/fork","Version":"v2.0.0+incompatible"}}}`))
	if err != nil || len(modules) != 2 {
		t.Fatalf("%v, %v", modules, err)
	}
	name := filepath.Join(t.TempDir(), "bom.json")
	if err := writeBOM(name, version{"v1", "abc"}, platform{"linux", "amd64"}, "00", modules); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, component := range *bom.Components {
		got = append(got, component.PackageURL)
	}
	if len(got) != 3 || got[1] != "pkg:golang/m/b@v1.0.0" || got[2] != "pkg:golang/m/fork@v2.0.0+incompatible" {
		t.Errorf("%v", got)
	}
	if deps := *(*bom.Dependencies)[0].Dependencies; len(deps) != 3 || (*bom.Dependencies)[0].Ref != "holdfast-linux-amd64" {
		t.Errorf("%v", *bom.Dependencies)
	}
}
