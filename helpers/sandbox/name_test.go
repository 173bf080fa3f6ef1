package sandbox

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

func TestBelow(t *testing.T) {
	for _, test := range []struct{ asked, entry, want string }{
		{"/data", "data/file.txt", "data/file.txt"}, // Docker, and Podman from a layer
		{"/data", "/file.txt", "data/file.txt"},     // Podman from a mount
		{"/a/data", "/data/file.txt", "data/data/file.txt"},
		{"/data/file.txt", "file.txt", "file.txt"},
	} {
		if got := below(test.asked, test.entry); got != test.want {
			t.Errorf("%q in an archive of %s is named %q, want %q", test.entry, test.asked, got, test.want)
		}
	}
}
