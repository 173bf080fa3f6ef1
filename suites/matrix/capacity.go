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

// ofRelease is the memory that one release takes: the engine, its containers,
// the suite's processes, and the root file system's upper layer.
const ofRelease = 2 << 30

// capacity is how many releases run at once: one for each core, as a suite
// waits for its engine half of the time, and no more than memory holds.
func capacity(cores int, memory uint64) int {
	return max(1, int(min(uint64(cores), memory/ofRelease)))
}

// procs is how many processes a run gets: so many for each core of its part,
// and never fewer than for two cores, as the others' specs wait, too.
func procs(cores, atOnce, perCore int) int {
	return max(2*perCore, perCore*cores/max(1, atOnce))
}

// queue puts first the releases whose runs get fewer processes: alone at the
// end, one of these would leave cores idle.
func queue(names []string) []string {
	return slices.SortedStableFunc(slices.Values(names), func(a, b string) int { return perCore(a) - perCore(b) })
}

// perCore is how many processes for each core a release's engine gets.
func perCore(name string) int {
	release, err := lab.Find(name)
	if err != nil {
		return 0 // its run will say so
	}
	return runs.WorkersPerCore(release.Engine)
}

var available = regexp.MustCompile(`(?m)^MemAvailable:\s+(\d+) kB`)

// availableMemory is what Linux could give, in bytes; elsewhere there is no lab.
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
	kilobytes, _ := strconv.ParseUint(found[1], 10, 64) // digits
	return kilobytes << 10
}
