package run

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
)

// journalKept is how long the journal of a dead run is kept that has entries
// for another engine.
const journalKept = 7 * 24 * time.Hour

var anonymous = regexp.MustCompile(`^[0-9a-f]{64}$`)

// IsAnonymous reports whether a volume's name is one that an engine generates.
func IsAnonymous(volume string) bool { return anonymous.MatchString(volume) }

// Record adds a volume that may lose its labels, or cannot carry any, to the
// run's journal. A later run removes it if this one dies.
func (r *Run) Record(volume string) error {
	file, err := os.OpenFile(record(r.ID, ".journal"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("recording volume %s: %w", volume, err)
	}
	_, err = fmt.Fprintln(file, r.engine.Endpoint.Host, volume)
	return errors.Join(err, file.Close())
}

// readJournal returns the volumes that a run recorded on the engine at host,
// and whether it recorded others elsewhere.
func readJournal(id, host string) (volumes []string, elsewhere bool) {
	file, err := os.Open(record(id, ".journal"))
	if err != nil {
		return nil, false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if at, volume, ok := strings.Cut(lines.Text(), " "); ok && at == host {
			volumes = append(volumes, volume)
		} else {
			elsewhere = true
		}
	}
	return volumes, elsewhere
}

// journals holds the volumes that runs recorded on one engine, by run.
type journals map[string][]string

func readJournals(e *engine.Engine, ids ...string) journals {
	found := journals{}
	for _, id := range ids {
		found[id], _ = readJournal(id, e.Endpoint.Host)
	}
	return found
}

// owner returns the run that a resource belongs to: the run in its label or,
// for a volume without one, the run that recorded it. It returns "" for a
// resource that is not ours.
func (j journals) owner(r resource) string {
	if runID.MatchString(r.run) {
		return r.run
	}
	if r.kind != "volume" {
		return ""
	}
	for id, volumes := range j {
		if slices.Contains(volumes, r.name) && (IsAnonymous(r.name) || strings.HasPrefix(r.name, "holdfast-"+id+"-")) {
			return id
		}
	}
	return ""
}
