package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
)

// addBundle adds to a failed spec's report what people look for first: the
// steps, and what the engine says about the spec's resources.
func (b *Box) addBundle(ctx SpecContext) {
	var text strings.Builder
	section := func(title string, lines ...string) {
		fmt.Fprintf(&text, "%s\n", title)
		for _, line := range lines {
			fmt.Fprintf(&text, "  %s\n", strings.ReplaceAll(strings.TrimRight(line, "\n"), "\n", "\n  "))
		}
	}
	section("What was done on "+b.Engine().String()+":", b.steps...)
	for _, c := range b.containers {
		found, err := b.Engine().InspectContainer(ctx, c.ID)
		if err != nil {
			section(c.Name+":", err.Error())
			continue
		}
		section(fmt.Sprintf("%s: %s, exit code %d, out of memory %t", c.Name, found.State, found.ExitCode, found.OOMKilled), fmt.Sprintf("mounts %+v tmpfs %v", found.Mounts, found.Tmpfs))
		stdout, stderr, err := b.Engine().Logs(ctx, c.ID)
		lines := []string{tail(stdout), tail(stderr)}
		if err != nil {
			lines = append(lines, err.Error())
		}
		section("log of "+c.Name+":", slices.DeleteFunc(lines, func(line string) bool { return line == "" })...)
	}
	for _, name := range b.volumes {
		found, err := b.Engine().InspectVolume(ctx, name)
		if err != nil {
			section("volume "+name+":", err.Error())
			continue
		}
		section("volume "+name+":", fmt.Sprint(found.Raw))
	}
	_, label, _ := strings.Cut(b.Filter(), "=")
	events, err := b.Engine().Events(ctx, b.started, time.Now(), label)
	if err != nil {
		events = append(events, err.Error())
	}
	section("Engine events of its containers:", events...)
	AddReportEntry("bundle", text.String(), ReportEntryVisibilityFailureOrVerbose)
}

// tail returns the end of a text, at most 4,000 bytes.
func tail(text string) string {
	const limit = 4000
	if len(text) > limit {
		return "... " + text[len(text)-limit:]
	}
	return text
}
