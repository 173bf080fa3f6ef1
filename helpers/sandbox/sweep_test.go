package sandbox

import (
	"strings"
	"testing"
)

func TestWhatIsOurs(t *testing.T) {
	const mine, other = "20261123t202039-5bce98-01260823", "20261123t202040-5bce98-a5b9a343"
	unnamed, named := strings.Repeat("a", 64), "holdfast-"+mine+"-2-7-1-volume"
	noted := journals{mine: {unnamed, named, "my-data", "holdfast-" + other + "-1-1-1-volume"}}
	for name, c := range map[string]struct {
		thing thing
		want  string
	}{
		"its label":                     {thing{kind: "container", name: "box", run: mine}, mine},
		"another's label":               {thing{kind: "network", name: "net", run: other}, other},
		"another's label, noted":        {thing{kind: "volume", name: named, run: other}, other},
		"noted, made anew without one":  {thing{kind: "volume", name: named}, mine},
		"noted, without a name":         {thing{kind: "volume", name: unnamed}, mine},
		"noted, and a user's name":      {thing{kind: "volume", name: "my-data"}, ""},
		"noted, and another run's name": {thing{kind: "volume", name: "holdfast-" + other + "-1-1-1-volume"}, ""},
		"our kind of name, not noted":   {thing{kind: "volume", name: "holdfast-" + mine + "-2-7-2-volume"}, ""},
		"a container of a noted name":   {thing{kind: "container", name: named}, ""},
		"a label that is no run":        {thing{kind: "container", name: "box", run: "true"}, ""},
	} {
		if got := noted.owner(c.thing); got != c.want {
			t.Errorf("%s: of %q, not %q", name, got, c.want)
		}
	}
}
