package run

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// eventSource is what the health monitor needs of an engine.
type eventSource interface {
	Ping(ctx context.Context) error
	// WatchOOM reports each container that ran out of memory, until the engine ends the stream.
	WatchOOM(ctx context.Context, report func(labels map[string]string)) error
}

const (
	// briefStream is the age below which an event stream ended too early.
	briefStream = time.Second
	// maxBrief is how many streams in a row may end early before their ends mean nothing.
	maxBrief = 3
)

// healthMonitor records what happens to the engine while a spec of this
// process runs, and is not the fault of what the spec judges.
type healthMonitor struct {
	engine eventSource
	stop   func() // ends the listening and waits for its end

	mutex       sync.Mutex
	lost        time.Time            // when the engine last ended the event stream
	away        bool                 // the engine has not answered since
	unreliable  bool                 // the engine ends every stream, although it is up
	outOfMemory map[string]time.Time // by spec ID
	specs       map[string]time.Time // start of each running spec, by ID
}

func monitorHealth(ctx context.Context, engine eventSource) *healthMonitor {
	m := &healthMonitor{engine: engine, outOfMemory: map[string]time.Time{}, specs: map[string]time.Time{}}
	m.stop = m.start(ctx)
	return m
}

// start listens to the engine until the returned function is called.
func (m *healthMonitor) start(ctx context.Context) (stop func()) {
	listening, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.listen(listening)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// listen records when the engine goes away and which spec's containers run out of memory.
func (m *healthMonitor) listen(ctx context.Context) {
	for brief := 0; ; {
		began := time.Now()
		_ = m.engine.WatchOOM(ctx, m.recordOOM) // Ping finds out why it ended
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) < briefStream && m.engine.Ping(ctx) == nil {
			brief++
		} else {
			brief = 0
		}
		m.recordLoss(brief >= maxBrief)
		pause := time.NewTimer(briefStream / 5)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

func (m *healthMonitor) recordLoss(unreliable bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.lost, m.away, m.unreliable = time.Now(), true, m.unreliable || unreliable
}

func (m *healthMonitor) recordOOM(labels map[string]string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.outOfMemory[labels[SpecLabel]] = time.Now()
}

// track marks a spec as running until the returned function is called.
func (m *healthMonitor) track(spec string) (done func()) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.specs[spec] = time.Now()
	return func() {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		delete(m.specs, spec)
	}
}

// incident describes what happened to the engine since a running spec began,
// or returns "".
func (m *healthMonitor) incident() string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for spec, began := range m.specs {
		if m.lost.After(began) && !m.unreliable {
			return fmt.Sprintf("the engine went away while the spec ran, at %s", m.lost.Format(time.TimeOnly))
		}
		if at, happened := m.outOfMemory[spec]; happened {
			return fmt.Sprintf("the engine's host had no memory for a container of the spec, at %s", at.Format(time.TimeOnly))
		}
	}
	return ""
}

// awaitEngine waits up to the limit until an engine that went away answers again.
func (m *healthMonitor) awaitEngine(ctx context.Context, limit time.Duration) {
	m.mutex.Lock()
	away := m.away
	m.mutex.Unlock()
	if !away {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := Poll(ctx, 20*time.Millisecond, func() bool { return m.engine.Ping(ctx) == nil })
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.away = err != nil
}
