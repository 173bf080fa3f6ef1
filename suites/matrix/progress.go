package main

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The log is read once per interval, and progress reported once per quarter of the
// specs.
const (
	interval = time.Second
	shares   = 4
)

// watch reports the progress in Ginkgo's log until ctx ends.
func watch(ctx context.Context, log string, report func(done, all int)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	reported := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		text, err := os.ReadFile(log)
		if err != nil {
			continue // the run has not started
		}
		done, all := progress(string(text))
		if all > 0 && done < all && done*shares/all > reported {
			reported = done * shares / all
			report(done, all)
		}
	}
}

var heading = regexp.MustCompile(`Will run \d+ of (\d+) specs`)

// progress reads Ginkgo's log: the number of specs from a line at the start, then a
// dot for each spec that ran, and S or P for each that did not.
func progress(text string) (done, all int) {
	place := heading.FindStringSubmatchIndex(text)
	if place == nil {
		return 0, 0
	}
	all, _ = strconv.Atoi(text[place[2]:place[3]]) // digits only
	for _, word := range strings.Fields(text[place[1]:]) {
		if strings.Trim(word, "•SP") == "" {
			done += len([]rune(word))
		}
	}
	return min(done, all), all
}
