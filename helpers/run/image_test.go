package run

import "testing"

func TestUnqualified(t *testing.T) {
	for given, want := range map[string]string{
		"holdfast-x:latest":                    "holdfast-x:latest",
		"docker.io/library/holdfast-x:latest":  "holdfast-x:latest",
		"localhost/holdfast-x:latest":          "holdfast-x:latest",
		"docker.io/somebody/holdfast-x:latest": "docker.io/somebody/holdfast-x:latest",
		"registry.example/holdfast-x:latest":   "registry.example/holdfast-x:latest",
	} {
		if got := unqualified(given); got != want {
			t.Errorf("unqualified(%q) = %q, want %q", given, got, want)
		}
	}
}
