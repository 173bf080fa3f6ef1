package probe

import "testing"

// What a suite is compiled with is what its probe shall share, and nothing else.
func TestCompilerFlags(t *testing.T) {
	for goflags, want := range map[string]string{
		"":            "",
		"-mod=vendor": "",
		`"-gcflags=all=-l -dwarf=false" -gcflags=runtime=-N -ldflags=-w -race`: `"-gcflags=all=-l -dwarf=false" -gcflags=runtime=-N`,
		`-buildmode=pie '--gcflags=all=-N -l'`:                                 `'--gcflags=all=-N -l'`,
	} {
		if got := compilerFlags(goflags); got != want {
			t.Errorf("of GOFLAGS=%s the probe takes %s, not %s", goflags, got, want)
		}
	}
}
