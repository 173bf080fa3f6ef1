package run

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeEvents is an engine whose event stream the test controls.
type fakeEvents struct {
	mutex   sync.Mutex
	down    bool
	oom     chan map[string]string
	streams chan struct{} // closing one ends the stream
}

func (f *fakeEvents) Ping(context.Context) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.down {
		return errors.New("the engine does not answer")
	}
	return nil
}

func (f *fakeEvents) setDown(down bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.down = down
}

func (f *fakeEvents) WatchOOM(ctx context.Context, report func(map[string]string)) error {
	for {
		select {
		case labels := <-f.oom:
			report(labels)
		case <-f.streams:
			return errors.New("stream ended")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func monitored(t *testing.T, test func(m *healthMonitor, engine *fakeEvents, expect func(when, part string))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		engine := &fakeEvents{oom: make(chan map[string]string), streams: make(chan struct{})}
		m := monitorHealth(t.Context(), engine)
		defer func() { m.stop() }()
		test(m, engine, func(when, part string) {
			t.Helper()
			synctest.Wait()
			if incident := m.incident(); (incident == "") != (part == "") || !strings.Contains(incident, part) {
				t.Errorf("%s: incident %q, not %q", when, incident, part)
			}
		})
	})
}

func TestOnlyARunningSpecHasIncidents(t *testing.T) {
	monitored(t, func(m *healthMonitor, engine *fakeEvents, expect func(when, part string)) {
		<-time.After(time.Minute)
		engine.streams <- struct{}{}
		expect("no spec runs", "")
		<-time.After(time.Minute)
		done := m.track("one")
		expect("the engine went away before", "")
		engine.oom <- map[string]string{SpecLabel: "another"}
		expect("another spec ran out of memory", "")
		<-time.After(time.Minute)
		engine.oom <- map[string]string{SpecLabel: "one"}
		expect("it ran out of memory", "no memory")
		engine.streams <- struct{}{}
		expect("the engine went away", "went away")
		done()
		expect("the spec has ended", "")
	})
}

func TestAnEngineThatKeepsNoStreamIsNotSaidToGoAway(t *testing.T) {
	monitored(t, func(m *healthMonitor, engine *fakeEvents, expect func(when, part string)) {
		m.track("one")
		for range maxBrief {
			engine.streams <- struct{}{}
			<-time.After(briefStream / 5)
		}
		expect("every stream ends at once", "")
	})
}

func TestTheNextSpecWaitsForTheEngine(t *testing.T) {
	monitored(t, func(m *healthMonitor, engine *fakeEvents, _ func(when, part string)) {
		<-time.After(time.Minute)
		engine.setDown(true)
		engine.streams <- struct{}{}
		synctest.Wait()
		time.AfterFunc(5*time.Second, func() { engine.setDown(false) })
		began := time.Now()
		m.awaitEngine(context.Background(), time.Minute)
		if waited := time.Since(began); waited < 5*time.Second || waited > 6*time.Second {
			t.Errorf("waited %s for an engine that was away for 5 s", waited)
		}
		engine.setDown(true)
		m.awaitEngine(context.Background(), time.Minute)
		if waited := time.Since(began); waited > 6*time.Second {
			t.Errorf("waited though the event stream is up: %s", waited)
		}
	})
}

func TestTheWaitForTheEngineIsBounded(t *testing.T) {
	monitored(t, func(m *healthMonitor, engine *fakeEvents, _ func(when, part string)) {
		engine.setDown(true)
		m.recordLoss(false)
		began := time.Now()
		m.awaitEngine(context.Background(), time.Minute)
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestAPlannedRestartIsNoIncident(t *testing.T) {
	monitored(t, func(m *healthMonitor, engine *fakeEvents, expect func(when, part string)) {
		<-time.After(time.Minute)
		m.track("one")
		r := &Run{health: m}
		if err := r.WithoutMonitor(context.Background(), func(context.Context) error {
			select {
			case engine.streams <- struct{}{}:
				t.Error("the monitor still listens")
			default:
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		expect("the engine restarted on purpose", "")
		<-time.After(time.Second)
		engine.streams <- struct{}{}
		expect("the engine went away later", "went away")
	})
}
