package ownership

import "testing"

func TestHostUser(t *testing.T) {
	const rootless = "         0       1000          1\n         1     100000      65536\n"
	for _, c := range []struct {
		ids        string
		user, want int
	}{
		{"0 0 4294967295\n", 1000, 1000}, {rootless, 0, 1000}, {rootless, 1000, 100999}, {rootless, 70000, -1}, {"", 0, -1},
	} {
		if got := hostUser(c.ids, c.user); got != c.want {
			t.Errorf("user %d in %q: %d, want %d", c.user, c.ids, got, c.want)
		}
	}
}
