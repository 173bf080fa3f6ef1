package summary

import (
	"fmt"
	"slices"
	"strings"

	"io"

	"github.com/holdfast/holdfast/helpers/result"
)

// PrintFigures prints what `make speed` measured: for each measurement the
// speed of the container's own layer, and the ratio of each mechanism to it,
// with the lowest and the highest of the rounds.
func PrintFigures(w io.Writer, d result.Document, o Options) {
	p := printer{w, o}
	first := d.Figures[0]
	p.line("\n%s", p.paint(bold, fmt.Sprintf("Speed on %s", d.Engine)))
	p.line("%d rounds, %.0f s. Each mechanism is a multiple of the container's own layer: the median, and the lowest to the highest of the rounds.\n", len(first.Values), d.Run.Seconds)
	var mechanisms []string
	cells := map[string]map[string]string{}
	var names []string
	for _, figure := range d.Figures {
		if cells[figure.Name] == nil {
			cells[figure.Name] = map[string]string{}
			names = append(names, figure.Name)
		}
		if !slices.Contains(mechanisms, figure.Mechanism) {
			mechanisms = append(mechanisms, figure.Mechanism)
		}
		cells[figure.Name][figure.Mechanism] = shownFigure(figure)
	}
	row := func(head string, cell func(mechanism string) string) {
		line := fmt.Sprintf("%-17s", head)
		for _, mechanism := range mechanisms {
			line += fmt.Sprintf(" %-19s", cell(mechanism))
		}
		p.line("%s", strings.TrimRight(line, " "))
	}
	row("", func(mechanism string) string { return mechanism })
	for _, name := range names {
		row(name, func(mechanism string) string { return cells[name][mechanism] })
	}
	p.line("\nReports: %s (junit.xml, verdicts.json)", o.Folder)
}

// shownFigure prints the layer's own speed, and other mechanisms as multiples of it.
func shownFigure(figure result.Figure) string {
	ratio := figure.Layer
	if ratio == nil || *ratio == (result.Ratio{Median: 1, Low: 1, High: 1}) {
		return speed(figure.Median(), figure.Unit)
	}
	return fmt.Sprintf("%.2f (%.2f-%.2f)", ratio.Median, ratio.Low, ratio.High)
}

// speed prints a rate with its unit.
func speed(rate float64, unit string) string {
	if unit == result.BytesPerSecond {
		return fmt.Sprintf("%.0f MB/s", rate/1e6)
	}
	return fmt.Sprintf("%.0f/s", rate)
}
