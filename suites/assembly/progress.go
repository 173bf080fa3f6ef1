package assembly

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const (
	// rewriteEvery is how often the line on a terminal is rewritten.
	rewriteEvery = time.Second
	// lineEvery is how often a line is written elsewhere, such as to the log of a CI job.
	lineEvery = 15 * time.Second
	// lineWidth is the greatest length of the line on a terminal: a longer one would wrap.
	lineWidth = 79
)

// progress says where a long run is: on a terminal in one line that is rewritten,
// elsewhere in a new line from time to time.
type progress struct {
	out      io.Writer
	terminal bool
	total    int
	began    time.Time
	look     func() []run.Activity // of each process
	shown    bool                  // a line is on the terminal
}

// every returns how often to call show.
func (p *progress) every() time.Duration {
	if p.terminal {
		return rewriteEvery
	}
	return lineEvery
}

// show writes the line.
func (p *progress) show(now time.Time) {
	line := p.line(now)
	if !p.terminal {
		fmt.Fprintf(p.out, "\n%s\n", line)
		return
	}
	if cut := []rune(line); len(cut) > lineWidth {
		line = string(cut[:lineWidth-1]) + "…"
	}
	fmt.Fprint(p.out, erase, line)
	p.shown = true
}

// erase moves to the start of the terminal's line and empties it.
const erase = "\r\x1b[K"

// clear removes the line from the terminal.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, erase)
		p.shown = false
	}
}

// line says how many specs are done, since when, and which one runs the longest.
func (p *progress) line(now time.Time) string {
	done, oldest := 0, run.Activity{}
	for _, a := range p.look() {
		done += a.Done
		if a.Spec != "" && (oldest.Spec == "" || a.Since.Before(oldest.Since)) {
			oldest = a
		}
	}
	text := fmt.Sprintf("%d of %d specs done in %s", done, p.total, now.Sub(p.began).Round(time.Second))
	if oldest.Spec != "" {
		text += fmt.Sprintf(", waiting for (%s): %s", now.Sub(oldest.Since).Round(time.Second), oldest.Spec)
	}
	return text
}

// follow shows the progress until the returned function is called. After an interrupt it
// says what is cleaned, and shows no more.
func (p *progress) follow(interrupts <-chan os.Signal) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer p.clear()
		ticker := time.NewTicker(p.every())
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				p.show(now)
			case <-interrupts:
				p.clear()
				fmt.Fprint(p.out, cleaning(p.look()))
				return
			case <-end:
				return
			}
		}
	}()
	return func() { close(end); <-ended }
}

// follow shows the progress of all of the run's processes until the returned function is called.
func (s *Suite) follow(processes int) (stop func()) {
	p := &progress{out: s.console, terminal: onTerminal(), began: time.Now(), look: func() []run.Activity { return s.run.Activities(processes) }}
	for _, spec := range s.specs {
		if spec.LeafNodeType == types.NodeTypeIt && !spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
			p.total++
		}
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	end := p.follow(interrupts)
	return func() { signal.Stop(interrupts); end() }
}

// running and passed record what this process is at.
func (s *Suite) running(_ SpecContext, spec SpecReport) {
	if s.run != nil && !spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
		s.at = run.Activity{Done: s.at.Done, Spec: spec.FullText(), Since: time.Now()}
		s.run.Report(GinkgoParallelProcess(), s.at)
	}
}

func (s *Suite) passed(_ SpecContext, spec SpecReport) {
	if s.run == nil || filteredOut(spec) {
		return
	}
	s.at = run.Activity{Done: s.at.Done + 1}
	s.run.Report(GinkgoParallelProcess(), s.at)
}

// filteredOut reports whether the run's filters left a spec out: a spec that skips says why.
func filteredOut(spec SpecReport) bool {
	return spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) && spec.Failure.Message == ""
}

// cleaning says, after an interrupt, what is cleaned and what another interrupt does.
func cleaning(activities []run.Activity) string {
	var specs []string
	for _, a := range activities {
		if a.Spec != "" {
			specs = append(specs, "\n  "+a.Spec)
		}
	}
	text := "\nInterrupted. Cleaning: "
	if len(specs) > 0 {
		text += "the specs that run remove their containers, volumes, networks and directories:" + strings.Join(specs, "") + "\nThen "
	}
	return text + "the run removes its images, its work directory and whatever is left.\n" +
		"Another Ctrl-C stops the cleaning; the next run or `make clean` does it then.\n"
}
