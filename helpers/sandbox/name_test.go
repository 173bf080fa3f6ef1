package sandbox

import "testing"

func TestEntryName(t *testing.T) {
	for _, test := range []struct{ asked, entry, want string }{
		{"/data", "data/file.txt", "data/file.txt"}, // Docker, and Podman from a layer
		{"/data", "/file.txt", "data/file.txt"},     // Podman from a mount
		{"/a/data", "/data/file.txt", "data/data/file.txt"},
		{"/data/file.txt", "file.txt", "file.txt"},
	} {
		if got := entryName(test.asked, test.entry); got != test.want {
			t.Errorf("%q in an archive of %s is named %q, want %q", test.entry, test.asked, got, test.want)
		}
	}
}
