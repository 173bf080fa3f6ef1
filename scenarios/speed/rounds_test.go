package speed

import (
	"testing"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/result"
)

func TestFiguresCompareWithinARound(t *testing.T) {
	r := newRounds([]place{{name: Layer}, {name: "tmpfs"}, {name: result.Host}})
	for _, name := range fileops.Measurements {
		for round := 1.0; round <= 3; round++ { // each round is faster than the one before
			r.add(name, Layer, 100*round)
			r.add(name, "tmpfs", 400*round)
			r.add(name, result.Host, 200*round)
		}
	}
	figures := r.figures()
	if len(figures) != 3*len(fileops.Measurements) {
		t.Fatalf("%d figures", len(figures))
	}
	for _, figure := range figures {
		want := map[string]float64{Layer: 1, "tmpfs": 4, result.Host: 2}[figure.Mechanism]
		if got := *figure.Layer; got != (result.Ratio{Median: want, Low: want, High: want}) {
			t.Errorf("%s on %s: %+v to the layer", figure.Name, figure.Mechanism, got)
		}
		if got := figure.Host.Median; got != want/2 {
			t.Errorf("%s on %s: %v to the host", figure.Name, figure.Mechanism, got)
		}
	}
}

func TestWithoutAHostThereIsNoRatioToIt(t *testing.T) {
	r := newRounds([]place{{name: Layer}})
	r.add(fileops.Fsync, Layer, 100)
	for _, figure := range r.figures() {
		if figure.Host != nil {
			t.Errorf("%+v", figure)
		}
	}
}
