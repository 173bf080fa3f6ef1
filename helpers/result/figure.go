package result

import "slices"

// Figure is the speed of one operation on one mechanism. It is never a verdict.
type Figure struct {
	Name      string    `json:"name"`            // of the measurement, in the vocabulary of fio
	Mechanism string    `json:"mechanism"`       // or Host
	Unit      string    `json:"unit"`            // BytesPerSecond or OperationsPerSecond
	Values    []float64 `json:"values"`          // one for each round
	Layer     *Ratio    `json:"layer,omitempty"` // to the container's own layer in the same round
	Host      *Ratio    `json:"host,omitempty"`  // to this machine's files in the same round, where they were measured
}

// Host is the mechanism of figures of this machine's own files, outside any container.
const Host = "host"

// Units of figures.
const (
	BytesPerSecond      = "B/s"
	OperationsPerSecond = "operations/s"
)

// Ratio is a ratio that was measured in several rounds.
type Ratio struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Median returns the median of the figure's values.
func (f Figure) Median() float64 { return median(f.Values) }

// RatioTo returns the ratio of the figure to another of the same rounds, or nil
// if no round has both.
func (f Figure) RatioTo(base Figure) *Ratio {
	var ratios []float64
	for i, value := range f.Values {
		if i < len(base.Values) && base.Values[i] > 0 {
			ratios = append(ratios, value/base.Values[i])
		}
	}
	if len(ratios) == 0 {
		return nil
	}
	return &Ratio{Median: median(ratios), Low: slices.Min(ratios), High: slices.Max(ratios)}
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
