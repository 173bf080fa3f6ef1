package run

import (
	"strings"
	"testing"
)

func TestOwner(t *testing.T) {
	const mine, other = "20261123t202039-5bce98-01260823", "20261123t202040-5bce98-a5b9a343"
	unnamed, named := strings.Repeat("a", 64), "holdfast-"+mine+"-2-7-1-volume"
	recorded := journals{mine: {unnamed, named, "my-data", "holdfast-" + other + "-1-1-1-volume"}}
	for name, c := range map[string]struct {
		resource resource
		want     string
	}{
		"its label":                           {resource{kind: "container", name: "box", run: mine}, mine},
		"another's label":                     {resource{kind: "network", name: "net", run: other}, other},
		"another's label, recorded":           {resource{kind: "volume", name: named, run: other}, other},
		"recorded, recreated without a label": {resource{kind: "volume", name: named}, mine},
		"recorded, anonymous":                 {resource{kind: "volume", name: unnamed}, mine},
		"recorded, with a user's name":        {resource{kind: "volume", name: "my-data"}, ""},
		"recorded, with another run's name":   {resource{kind: "volume", name: "holdfast-" + other + "-1-1-1-volume"}, ""},
		"a name like ours, not recorded":      {resource{kind: "volume", name: "holdfast-" + mine + "-2-7-2-volume"}, ""},
		"a container with a recorded name":    {resource{kind: "container", name: named}, ""},
		"a label that is not a run ID":        {resource{kind: "container", name: "box", run: "true"}, ""},
	} {
		if got := recorded.owner(c.resource); got != c.want {
			t.Errorf("%s: of %q, not %q", name, got, c.want)
		}
	}
}
