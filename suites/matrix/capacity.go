package main

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"

	"github.com/holdfast/holdfast/helpers/lab"
	runs "github.com/holdfast/holdfast/helpers/run"
)

// releaseMemory is the memory of one release in bytes: the engine, its containers,
// the suite's processes, and the upper layer of the root file system.
const releaseMemory = 2 << 30

// capacity returns how many releases run at once: one per core, as a suite waits
// for its engine half of the time, and no more than fit into memory.
func capacity(cores int, memory uint64) int {
	return max(1, int(min(uint64(cores), memory/releaseMemory)))
}

// procs returns the number of processes of a run, for its share of the cores and at
// least for two.
func procs(cores, atOnce, perCore int) int {
	return max(2*perCore, perCore*cores/max(1, atOnce))
}

// queue puts the releases with fewer processes first: running alone at the end,
// they would leave cores idle.
func queue(names []string) []string {
	return slices.SortedStableFunc(slices.Values(names), func(a, b string) int { return perCore(a) - perCore(b) })
}

// perCore returns the number of processes per core for a release.
func perCore(name string) int {
	release, err := lab.Find(name)
	if err != nil {
		return 0 // its run reports the error
	}
	return runs.WorkersPerCore(release.Engine)
}

var available = regexp.MustCompile(`(?m)^MemAvailable:\s+(\d+) kB`)

// availableMemory returns the available memory in bytes, on Linux.
func availableMemory() uint64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxUint64
	}
	return memoryOf(string(text))
}

func memoryOf(meminfo string) uint64 {
	found := available.FindStringSubmatch(meminfo)
	if found == nil {
		return math.MaxUint64
	}
	kilobytes, _ := strconv.ParseUint(found[1], 10, 64) // digits only
	return kilobytes << 10
}
