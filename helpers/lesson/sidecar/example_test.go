package sidecar

import "testing"

func TestTheExampleFits(t *testing.T) {
	l, err := Open("../../../fixtures/lessons/examples/container-life.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Drift())+len(l.Plan.Misfits)+len(l.Unclaimed()) > 0 {
		t.Errorf("drift %v, misfits %q, unclaimed %v", l.Drift(), l.Plan.Misfits, l.Unclaimed())
	}
	errata := 0
	for _, p := range l.Places {
		if p.Claim != nil && p.Claim.Erratum != nil {
			errata++
		}
	}
	if errata != 3 || len(l.CorrectedClaims) > 0 {
		t.Errorf("%d errata, corrected %v", errata, l.CorrectedClaims)
	}
}
