package sandbox

import "testing"

func TestStarts(t *testing.T) {
	for _, c := range []struct {
		verb     string
		exitCode int
		want     int
	}{
		{"run", 0, 1}, {"run", 1, 1}, {"run", 137, 1}, // the container's own exit codes
		{"run", 125, 0}, {"run", 127, 0},
		{"start", 0, 1}, {"start", 1, 0}, {"restart", 0, 1}, {"restart", 1, 0},
		{"exec", 0, 0}, {"volume", 0, 0},
	} {
		if got := started(c.verb, c.exitCode); got != c.want {
			t.Errorf("docker %s that exits with %d started %d containers, not %d", c.verb, c.exitCode, got, c.want)
		}
	}
}
