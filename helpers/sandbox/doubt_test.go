package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestOnlyWhatHappenedToAStandingSandboxIsMissed(t *testing.T) {
	v := &vigil{starved: map[string]time.Time{}}
	expect := func(when, part string) {
		t.Helper()
		if missed := v.missed(); (missed == "") != (part == "") || !strings.Contains(missed, part) {
			t.Errorf("%s: missed %q, not %q", when, missed, part)
		}
	}
	v.lose(false)
	box := &Box{id: "one", started: time.Now()}
	gone := v.stand(box)
	expect("the engine went away before", "")
	v.lose(false)
	expect("the engine went away meanwhile", "went away")
	v.lost = time.Time{}
	v.starve(map[string]string{SpecLabel: "another"})
	expect("another sandbox starved", "")
	v.starve(map[string]string{SpecLabel: box.id})
	expect("it starved", "no memory")
	gone()
	expect("it is gone", "")
}

func TestAnEngineThatKeepsUpNoConversationIsNotSaidToGoAway(t *testing.T) {
	v := &vigil{}
	v.stand(&Box{started: time.Now()})
	v.lose(true)
	if missed := v.missed(); missed != "" {
		t.Error(missed)
	}
}
