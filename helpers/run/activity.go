package run

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Activity is what one of the run's processes is at.
type Activity struct {
	Done  int       // specs
	Spec  string    // that runs, or empty
	Since time.Time // its start
}

func activityRecord(id string, process int) string {
	return record(id, fmt.Sprintf(".at%d", process))
}

// Report records what this process is at, for the first process, which shows it. An
// activity that cannot be recorded is not shown.
func (r *Run) Report(process int, a Activity) {
	if data, err := json.Marshal(a); err == nil {
		_ = os.WriteFile(activityRecord(r.ID, process), data, 0o644)
	}
}

// Activities returns what the run's processes are at.
func (r *Run) Activities(processes int) (all []Activity) {
	for process := 1; process <= processes; process++ {
		data, err := os.ReadFile(activityRecord(r.ID, process))
		var a Activity
		if err == nil && json.Unmarshal(data, &a) == nil {
			all = append(all, a)
		}
	}
	return all
}

func removeActivities(id string) {
	found, _ := filepath.Glob(record(id, ".at*"))
	for _, path := range found {
		_ = os.Remove(path)
	}
}
