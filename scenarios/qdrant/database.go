// Package qdrant covers the lesson's vector database: its vectors and snapshots on
// named volumes, and what else the lesson says about the server.
package qdrant

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/qdrant"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// wanted is the image in the lesson's compose file.
const wanted = "qdrant/qdrant:latest"

// The lesson's names.
const (
	service   = "qdrant"
	storage   = "qdrant-storage"
	snapshots = "qdrant-snapshots"
	documents = "documents"
	key       = "your-secure-key"
	file      = "docker-compose.yaml"
)

const (
	// ready bounds the wait for a server to start.
	ready = time.Minute
	// telemetryOff keeps the genuine server from sending telemetry.
	telemetryOff = "      - QDRANT__TELEMETRY_DISABLED=true\n"
)

// database is the lesson's project with the points in its collection.
type database struct {
	*compose.Project
	box     *sandbox.Box
	stored  []qdrant.Point
	ranking []uint64 // the result of a search after the points were stored
}

// asPrinted copies the lesson's project without starting it.
func asPrinted(ctx context.Context, box *sandbox.Box) *database {
	GinkgoHelper()
	images.Need(ctx, box, wanted)
	return &database{Project: compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-2-qdrant")), box: box}
}

// prepare copies the lesson's project, with the telemetry off, without starting it.
func prepare(ctx context.Context, box *sandbox.Box) *database {
	GinkgoHelper()
	d := asPrinted(ctx, box)
	d.edit("environment:\n", "environment:\n"+telemetryOff)
	return d
}

// start starts a project, from prepare or asPrinted.
func (d *database) start(ctx context.Context) *database {
	GinkgoHelper()
	d.Up(ctx)
	return d
}

// edit replaces text in the compose file.
func (d *database) edit(from, to string) {
	GinkgoHelper()
	text := d.Dir.Read(file).Stdout
	Expect(text).To(ContainSubstring(from))
	d.Dir.Write(file, strings.Replace(text, from, to, 1))
}

// server returns a client of the current server, with the lesson's key.
func (d *database) server(ctx context.Context) *qdrant.Client {
	GinkgoHelper()
	return d.serverWith(ctx, key)
}

func (d *database) serverWith(ctx context.Context, key string) *qdrant.Client {
	GinkgoHelper()
	client := qdrant.New(d.url(ctx), key, d.box.Engine().HTTP())
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	Expect(client.WaitReady(ctx)).To(Succeed())
	return client
}

func (d *database) url(ctx context.Context) string {
	GinkgoHelper()
	return "http://" + d.box.Engine().PublishedHost() + ":" + d.Port(ctx, service, 6333)
}

// fill creates the collection and stores points in it.
func (d *database) fill(ctx context.Context, count int) {
	GinkgoHelper()
	server := d.server(ctx)
	// Qdrant stores vectors unchanged with Dot, but not with Cosine.
	Expect(server.CreateCollection(ctx, documents, dimensions, qdrant.Dot)).To(Succeed())
	d.store(ctx, server, count)
}

// store adds points and waits until they are acknowledged.
func (d *database) store(ctx context.Context, server *qdrant.Client, count int) {
	GinkgoHelper()
	fresh := points(len(d.stored), count)
	for at := 0; at < count; at += 100 {
		Expect(server.Upsert(ctx, documents, fresh[at:min(at+100, count)], true)).To(Succeed())
	}
	d.stored = append(d.stored, fresh...)
	d.ranking = d.search(ctx, server)
	d.box.Did(evidence.Step{Did: fmt.Sprintf("API: PUT /collections/%s/points?wait=true: %d points of %d dimensions", documents, count, dimensions), Saw: "acknowledged"})
}

func (d *database) search(ctx context.Context, server *qdrant.Client) (ranking []uint64) {
	GinkgoHelper()
	hits, err := server.Search(ctx, documents, d.stored[0].Vector, 10)
	Expect(err).NotTo(HaveOccurred())
	for _, hit := range hits {
		ranking = append(ranking, hit.ID)
	}
	return ranking
}

// ranked computes how Dot ranks the stored points for the search.
func (d *database) ranked() (ranking []uint64) {
	dot := func(a qdrant.Point) (sum float64) {
		for i, x := range a.Vector {
			sum += float64(x) * float64(d.stored[0].Vector[i])
		}
		return sum
	}
	sorted := slices.SortedFunc(slices.Values(d.stored), func(a, b qdrant.Point) int { return cmp.Compare(dot(b), dot(a)) })
	for _, point := range sorted[:10] {
		ranking = append(ranking, point.ID)
	}
	return ranking
}

// findings describes what became of the points.
type findings struct {
	Points           int
	Missing, Altered []uint64
	Ranking          []uint64
}

// whole returns the findings where nothing was lost.
func (d *database) whole() findings {
	return findings{Points: len(d.stored), Ranking: d.ranking}
}

// nothing returns the findings where the collection is gone.
func (d *database) nothing() findings {
	all := findings{}
	for _, point := range d.stored {
		all.Missing = append(all.Missing, point.ID)
	}
	return all
}

// found compares the points of the current server with the stored ones.
func (d *database) found(ctx context.Context) (all findings) {
	GinkgoHelper()
	server := d.server(ctx)
	defer func() {
		d.box.Did(evidence.Step{Did: "API: read and search the collection " + documents, Saw: all.String()})
	}()
	there, exists := d.everything(ctx, server)
	if !exists {
		return d.nothing()
	}
	all.Points = len(there)
	for _, point := range d.stored {
		switch now, has := there[point.ID]; {
		case !has:
			all.Missing = append(all.Missing, point.ID)
		case !reflect.DeepEqual(now, point):
			all.Altered = append(all.Altered, point.ID)
		}
	}
	all.Ranking = d.search(ctx, server)
	return all
}

// everything reads the collection, and reports whether it exists.
func (d *database) everything(ctx context.Context, server *qdrant.Client) (there map[uint64]qdrant.Point, exists bool) {
	GinkgoHelper()
	there = map[uint64]qdrant.Point{}
	var next *uint64
	for more := true; more; more = next != nil {
		var page []qdrant.Point
		var err error
		page, next, err = server.Scroll(ctx, documents, next, 500)
		if qdrant.IsStatus(err, 404) {
			return nil, false
		}
		Expect(err).NotTo(HaveOccurred())
		for _, point := range page {
			there[point.ID] = point
		}
	}
	return there, true
}

// String summarizes the findings.
func (f findings) String() string {
	return fmt.Sprintf("%d points, %d missing, %d altered; a search ranks %v", f.Points, len(f.Missing), len(f.Altered), f.Ranking)
}

// GomegaString returns String, for failure messages.
func (f findings) GomegaString() string { return f.String() }

const dimensions = 64

// points returns pseudo-random points with a fixed seed, whose ids start at first+1.
func points(first, count int) []qdrant.Point {
	random := rand.New(rand.NewPCG(64, uint64(first)))
	made := make([]qdrant.Point, count)
	for i := range made {
		vector := make([]float32, dimensions)
		for j := range vector {
			vector[j] = float32(random.NormFloat64())
		}
		id := uint64(first + i + 1)
		made[i] = qdrant.Point{ID: id, Vector: vector, Payload: map[string]any{"text": fmt.Sprintf("document %d", id)}}
	}
	return made
}
