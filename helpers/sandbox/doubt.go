package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

const (
	// doubting bounds the questions after the state of the world.
	doubting = 30 * time.Second
	// scarce is how much free disk is too little to judge an engine by.
	scarce = 16 << 20
	// leap is the difference of two clocks from which one of them has jumped.
	leap = 10 * time.Second
	// lately is for how long an answer about the disk is good.
	lately = 10 * time.Second
)

// overwhelmed is what engines and kernels say where memory is lacking, and of
// a container that ended before it began.
var overwhelmed = []string{"OOM-killed", "cannot allocate memory", "exit code 137", "cannot start a stopped process", "container that has stopped"}

// vigil keeps watch over the world that the specs of this process are in: what
// goes wrong with it is no fault of what they judge.
type vigil struct {
	end func() // ends the listening, and returns when it has ended

	mutex    sync.Mutex
	deaf     bool                 // the engine keeps up no conversation to listen to
	lost     time.Time            // when it last ended one
	away     bool                 // it has not answered since
	starved  map[string]time.Time // by sandbox, when it lacked memory
	skew     *time.Duration       // by how much the engine's clock was ahead when the run began, nil where it tells no time
	roomy    time.Time            // when there last was room on the disk
	standing []*Box               // the sandboxes that are not gone yet
}

// watch begins to keep watch.
func (r *Run) watch(ctx context.Context, skew *time.Duration) {
	r.vigil = &vigil{starved: map[string]time.Time{}, skew: skew}
	r.vigil.end = r.overhear(ctx)
}

// overhear listens to the engine until it is told to end.
func (r *Run) overhear(ctx context.Context) (end func()) {
	listening, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.listen(listening)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// unheard does what the engine goes away for at our wish. Docker waits five
// seconds for whoever still listens to it before it ends, so nobody does.
func (r *Run) unheard(ctx context.Context, deed func(context.Context) error) error {
	r.vigil.end()
	defer func() { r.vigil.end = r.overhear(ctx) }()
	return deed(ctx)
}

// listen notes when the engine goes away, and which sandbox lacks memory.
func (r *Run) listen(ctx context.Context) {
	const brief, most = time.Second, 3
	for short := 0; ; {
		began := time.Now()
		_ = r.engine.Starving(ctx, r.vigil.starve) // why it ended is asked of the engine
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) < brief && r.engine.Ping(ctx) == nil {
			short++
		} else {
			short = 0
		}
		r.vigil.lose(short >= most)
		pause := time.NewTimer(brief / 5)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

func (v *vigil) lose(deaf bool) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.lost, v.away, v.deaf = time.Now(), true, v.deaf || deaf
}

func (v *vigil) starve(labels map[string]string) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.starved[labels[SpecLabel]] = time.Now()
}

// stand notes a sandbox until it is gone.
func (v *vigil) stand(box *Box) (gone func()) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.standing = append(v.standing, box)
	return func() {
		v.mutex.Lock()
		defer v.mutex.Unlock()
		for i, other := range v.standing {
			if other == box {
				v.standing = append(v.standing[:i:i], v.standing[i+1:]...)
				return
			}
		}
	}
}

// missed is what happened since the oldest sandbox that still stands was made.
func (v *vigil) missed() string {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	for _, box := range v.standing {
		if v.lost.After(box.started) && !v.deaf {
			return fmt.Sprintf("the engine went away in the middle of the spec, at %s", v.lost.Format(time.TimeOnly))
		}
		if at, starved := v.starved[box.id]; starved {
			return fmt.Sprintf("the engine's host had no memory for a container of the spec, at %s", at.Format(time.TimeOnly))
		}
	}
	return ""
}

// back waits, for a while, until an engine that went away answers again: what
// comes to it in the meantime would only fail.
func (r *Run) back(ctx context.Context) {
	v := r.vigil
	v.mutex.Lock()
	away := v.away
	v.mutex.Unlock()
	if !away {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, doubting)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for r.engine.Ping(ctx) != nil {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.away = false
}

// Doubt says what is wrong with the world in which a claim just came to
// something that nobody foresaw, so that it decides nothing; empty where all is
// well with it.
func (r *Run) Doubt(came string) string {
	ctx, cancel := context.WithTimeout(context.Background(), doubting)
	defer cancel()
	if err := r.engine.Ping(ctx); err != nil {
		return err.Error()
	}
	if missed := r.vigil.missed(); missed != "" {
		return missed
	}
	for _, word := range overwhelmed {
		if strings.Contains(came, word) {
			return fmt.Sprintf("the engine's host seems to lack memory, or something there kills processes: %q", word)
		}
	}
	if now, err := r.engine.Clock(ctx); err == nil && r.vigil.skew != nil {
		if gained := time.Until(now) - *r.vigil.skew; gained.Abs() > leap {
			return fmt.Sprintf("a clock has jumped: since the run began, that of the engine has gained %s on this machine's", gained.Round(time.Second))
		}
	}
	if err := r.room(); err != nil {
		return err.Error()
	}
	return r.scarcity(ctx)
}

// room tells whether this machine has room for the work folder's files.
func (r *Run) room() error {
	test := filepath.Join(r.Work, fmt.Sprintf("room-%d", os.Getpid()))
	err := os.WriteFile(test, make([]byte, 64<<10), 0o600)
	if err != nil {
		err = fmt.Errorf("there is no room in the work folder: %w", err)
	}
	return errors.Join(err, os.Remove(test))
}

// scarcity says whether the engine's disk is full, asking it now and then.
func (r *Run) scarcity(ctx context.Context) string {
	if time.Since(r.vigil.roomy) < lately {
		return ""
	}
	answer, err := r.once(ctx, probe.Statfs("/"))
	if engine.IsFull(err) {
		return err.Error()
	}
	var disk probe.FileSystem
	if err != nil || json.Unmarshal([]byte(answer.Stdout), &disk) != nil || disk.Bytes == 0 {
		return "" // a broken engine, perhaps: that is what is judged
	}
	if disk.Free < scarce {
		return fmt.Sprintf("the disk of %s is full: %d bytes are left", r.engine, disk.Free)
	}
	r.vigil.roomy = time.Now()
	return ""
}
