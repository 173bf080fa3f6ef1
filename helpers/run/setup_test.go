package run

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func setup(key string, result any, err error) Setup {
	return Setup{Key: key, Do: func(context.Context, *Run, io.Writer) (any, error) { return result, err }}
}

func TestSetupsOfOneKeyAreDoneOnce(t *testing.T) {
	r := &Run{}
	var err error
	if r.setups, err = r.setUp(t.Context(), []Setup{setup("tool", "v2", nil), setup("tool", nil, errors.New("done twice"))}, io.Discard); err != nil {
		t.Fatal(err)
	}
	var tool string
	if !r.SetupResult("tool", &tool) || tool != "v2" {
		t.Errorf("result %q", tool)
	}
	if r.SetupResult("image", &tool) {
		t.Error("a setup that was left out has a result")
	}
}

func TestAFailedSetupIsNamed(t *testing.T) {
	for _, s := range []Setup{setup("tool", nil, errors.New("no network")), setup("tool", func() {}, nil)} {
		if _, err := (&Run{}).setUp(t.Context(), []Setup{s}, io.Discard); err == nil || !strings.Contains(err.Error(), "tool") {
			t.Errorf("%v", err)
		}
	}
}

func TestTheContextCarriesTheRun(t *testing.T) {
	r := &Run{ID: "run"}
	if From(WithRun(t.Context(), r)) != r || From(t.Context()) != nil {
		t.Error("the context does not carry its run")
	}
}
