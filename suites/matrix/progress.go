package main

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Progress is looked up each glance, and told when another share of the specs is done.
const (
	glance = time.Second
	share  = 4
)

// watch follows what Ginkgo prints into a file, until ctx ends.
func watch(ctx context.Context, log string, tell func(done, all int)) {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	told := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		text, err := os.ReadFile(log)
		if err != nil {
			continue // it has not begun
		}
		done, all := progress(string(text))
		if all > 0 && done < all && done*share/all > told {
			told = done * share / all
			tell(done, all)
		}
	}
}

var heading = regexp.MustCompile(`Will run \d+ of (\d+) specs`)

// progress reads Ginkgo's output: how many there are in its first lines, then a dot
// for each spec that ran, and an S or a P for each that did not.
func progress(text string) (done, all int) {
	place := heading.FindStringSubmatchIndex(text)
	if place == nil {
		return 0, 0
	}
	all, _ = strconv.Atoi(text[place[2]:place[3]]) // digits
	for _, word := range strings.Fields(text[place[1]:]) {
		if strings.Trim(word, "•SP") == "" {
			done += len([]rune(word))
		}
	}
	return min(done, all), all
}
