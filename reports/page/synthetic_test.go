package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// hostile is text that a page must not interpret as markup.
const hostile = `</script><script>document.title='pwned'</script><img src=x onerror="document.title='pwned'"> <!-- ]]> ` + "\u2028"

var areas = []string{"ephemeral", "volumes", "binds", "tmpfs", "drivers", "reference"}

// fleet returns one run for each engine, each with this many claims and with
// all that a run may contain.
func fleet(engines, claims int) []Source {
	var sources []Source
	for e := range engines {
		d := result.Document{
			Schema: result.Schema,
			Run:    result.Run{ID: fmt.Sprintf("run-%d", e), Started: day(e), Seconds: 60, Procs: 2, Specs: claims, Containers: claims, Passed: true},
			Engine: result.Engine{
				Name: []string{"docker", "podman"}[e%2], Version: fmt.Sprintf("%d.%d.2+dfsg1", 20+e/2, e%3), API: fmt.Sprintf("1.%d", 41+e), OS: "linux",
				OperatingSystem: "Debian GNU/Linux 13 (trixie)", Arch: "amd64", Kernel: "6.18.44", StorageDriver: "overlay2", Provider: "lab",
				Release: fmt.Sprintf("%s-lab%d", []string{"docker", "podman"}[e%2], e),
			},
			Lesson: result.Lesson{ID: "volumes-and-persistent-data", SHA256: strings.Repeat("0", 64)},
			Drift:  []result.Drift{}, Uncovered: []result.Passage{}, Leftovers: []string{},
		}
		for c := range claims {
			d.Claims = append(d.Claims, claim(e, c))
		}
		for _, event := range []string{"stop and start", "restart", "rm and a new container", "rm and prune"} {
			for m, mechanism := range []string{"container layer", "anonymous volume", "named volume", "bind mount", "tmpfs"} {
				fate := []string{"lost", "lost", "survives", "survives", "lost"}[m]
				if event == "rm and prune" && m == 1 && e%3 == 0 {
					fate = "survives"
				}
				d.Matrix = append(d.Matrix, result.Cell{Mechanism: mechanism, Event: event, Fate: fate, Expected: fate})
			}
		}
		sources = append(sources, Source{fmt.Sprintf("engine-%d/verdicts.json", e), d})
	}
	return sources
}

func day(n int) string {
	return time.Date(2026, time.November, 1+n%28, 5, 0, n, 0, time.UTC).Format(time.RFC3339)
}

// claim returns claim c on engine e: every ninth is contradicted, every fifteenth
// only on every second engine, and one of forty is unverified.
func claim(e, c int) result.Claim {
	one := result.Claim{
		ID: fmt.Sprintf("%s/claim-%03d", areas[c*len(areas)/300%len(areas)], c), Section: fmt.Sprintf("Section %d", c/12), Line: 10 + 3*c,
		Quote:   fmt.Sprintf("Data of container %d that is written to the volume stays there when the container is removed.", c),
		Verdict: result.Holds, Expected: result.Holds, Substitutes: []result.Substitute{},
		Specs: []result.Spec{{Name: fmt.Sprintf("A volume keeps its data, case %d", c), State: "passed", Seconds: 0.4}},
	}
	for step := range 4 {
		one.Evidence = append(one.Evidence, result.Evidence{
			Did: fmt.Sprintf("docker run --rm --volume holdfast-%d-%d-%d:/app/data probe write", e, c, step),
			Saw: strings.Repeat(fmt.Sprintf("what engine %d answered to step %d of claim %d; ", e, step, c), 4),
		})
	}
	if c%9 == 0 || c%15 == 0 && e%2 == 0 {
		one.Verdict, one.Expected, one.Reason = result.Contradicted, result.Contradicted, "Expected\n    <string>: a\nto equal\n    <string>: b"
		one.Erratum = &result.Erratum{On: "docker >= 23.0", Actually: "`docker volume prune` removes anonymous volumes only",
			Correction: "Remove all unused anonymous volumes", Source: "https://docs.docker.com/reference/api/engine/version-history/"}
	}
	if c%40 == 7 {
		one.Verdict, one.Reason, one.Evidence = result.Unverified, "no image python:3.12-slim", []result.Evidence{}
	}
	return one
}
