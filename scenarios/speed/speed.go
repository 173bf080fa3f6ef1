// Package speed measures the mechanisms: how fast a program reads and writes
// files in each, next to the container's own layer and to this machine's files.
// The figures are never verdicts.
package speed

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	fileSize = 64 << 20 // bytes, of the sequential measurements
	steps    = 300      // of each other measurement: small files, random writes, fsyncs
	// least is the shortest limit of one measurement. Shorter ones measure their own start.
	least = 50 * time.Millisecond
	// fewest and most bound the rounds.
	fewest, most = 3, 15
)

var _ = Describe("Every mechanism", func() {
	It("is measured in the same run as the container's own layer", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		places := places(ctx, box)
		end := time.Now().Add(budget())
		share := max(budget()/time.Duration(2*fewest*len(places)*len(fileops.Measurements)), least)

		rounds := newRounds(places)
		for round := 0; round < fewest || round < most && time.Now().Before(end); round++ {
			for i := range places {
				place := places[(i+round)%len(places)] // none is always the first, or always follows the same one
				for at, measured := range place.measure(ctx, share) {
					Expect(measured.OK()).To(BeTrue(), "%s: %s", place.name, measured)
					rounds.add(fileops.Measurements[at], place.name, measured.Rate())
				}
			}
		}

		figures := rounds.figures()
		Expect(figures).To(HaveLen(len(places) * len(fileops.Measurements)))
		for _, figure := range figures {
			evidence.AddFigure(figure)
		}
	}, SpecTimeout(10*time.Minute))
})

// budget returns how long the measurements may take.
func budget() time.Duration {
	GinkgoHelper()
	text := settings.Speed.Get()
	if text == "" {
		text = settings.Speed.Default
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > 300 {
		Fail(settings.Speed.Name + " is " + strconv.Quote(text) + ": set it to a number of seconds from 1 to 300")
	}
	return time.Duration(seconds) * time.Second
}

// place is a directory to measure, in a container or on this machine.
type place struct {
	name string
	do   func(ctx context.Context, operations ...fileops.Operation) []fileops.Result
	dir  string
}

// measure does every measurement once, each within the limit.
func (p place) measure(ctx context.Context, limit time.Duration) []fileops.Result {
	var operations []fileops.Operation
	for _, name := range fileops.Measurements {
		operations = append(operations, fileops.Speed(p.dir, name, fileSize, steps).For(limit))
	}
	return p.do(ctx, operations...)
}

// places starts one container with every mechanism. The bind mount and the host
// are left out where the engine does not see this machine's files.
func places(ctx context.Context, box *sandbox.Box) []place {
	GinkgoHelper()
	options := []sandbox.Option{sandbox.Anonymous("/anonymous"), box.Volume(ctx).At("/named"), sandbox.Tmpfs("/tmpfs")}
	inside := []place{{name: Layer, dir: "/layer"}, {name: "anonymous volume", dir: "/anonymous"}, {name: "named volume", dir: "/named"}, {name: "tmpfs", dir: "/tmpfs"}}
	var host []place
	if box.Facts().SharesFiles {
		dir := box.Dir(ctx).WorldWritable().Mkdir("host").Mkdir("bind")
		options = append(options, dir.File("bind").At("/bind"))
		inside = append(inside, place{name: "bind mount", dir: "/bind"})
		session := box.Host()
		host = []place{{result.Host, func(_ context.Context, operations ...fileops.Operation) []fileops.Result {
			return session.DoFiles(operations...)
		}, filepath.Join(dir.Path, "host")}}
	}
	container := box.Start(ctx, options...)
	container.DoFiles(ctx, fileops.Mkdir(inside[0].dir, 0o777))
	for i := range inside {
		inside[i].do = container.DoFiles
	}
	return append(inside, host...)
}
