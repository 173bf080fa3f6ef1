package result

import "testing"

func TestRatioTo(t *testing.T) {
	layer := Figure{Values: []float64{100, 200, 400}}
	for name, c := range map[string]struct {
		values []float64
		want   *Ratio
	}{
		"half in each round":    {[]float64{50, 100, 200}, &Ratio{0.5, 0.5, 0.5}},
		"spread":                {[]float64{100, 100, 100}, &Ratio{0.5, 0.25, 1}},
		"fewer rounds":          {[]float64{50, 400}, &Ratio{1.25, 0.5, 2}},
		"not measured at all":   {nil, nil},
		"more rounds than base": {[]float64{100, 200, 400, 9}, &Ratio{1, 1, 1}},
	} {
		got := Figure{Values: c.values}.RatioTo(layer)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := (Figure{Values: []float64{1}}).RatioTo(Figure{Values: []float64{0}}); got != nil {
		t.Errorf("a ratio to zero: %+v", got)
	}
}
