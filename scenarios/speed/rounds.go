package speed

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/result"
)

// Layer is the mechanism that the others are compared with.
const Layer = "container layer"

// rounds collects what was measured, round after round.
type rounds struct {
	order []place
	rates map[key][]float64
}

type key struct{ name, mechanism string }

func newRounds(order []place) rounds { return rounds{order, map[key][]float64{}} }

func (r rounds) add(name, mechanism string, rate float64) {
	at := key{name, mechanism}
	r.rates[at] = append(r.rates[at], rate)
}

// figures returns a figure of each measurement and place, with its ratios.
func (r rounds) figures() (all []result.Figure) {
	of := func(name, mechanism string) result.Figure {
		return result.Figure{Name: name, Mechanism: mechanism, Unit: unit(name), Values: r.rates[key{name, mechanism}]}
	}
	for _, name := range fileops.Measurements {
		for _, place := range r.order {
			figure := of(name, place.name)
			figure.Layer, figure.Host = figure.RatioTo(of(name, Layer)), figure.RatioTo(of(name, result.Host))
			all = append(all, figure)
		}
	}
	return all
}

// unit returns the unit of a measurement.
func unit(name string) string {
	switch name {
	case fileops.SequentialWrite, fileops.SequentialRead, fileops.RandomWrite:
		return result.BytesPerSecond
	}
	return result.OperationsPerSecond
}
