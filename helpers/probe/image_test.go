package probe

import "testing"

// The probe uses the suite's compiler flags and no other flags.
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
