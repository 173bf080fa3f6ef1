package qdrant

import (
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// thousand returns points with normally distributed vectors from a fixed seed.
func thousand() []Point {
	random := rand.New(rand.NewPCG(1, 2))
	points := make([]Point, 1000)
	for i := range points {
		vector := make([]float32, 64)
		for j := range vector {
			vector[j] = float32(random.NormFloat64())
		}
		points[i] = Point{ID: uint64(i + 1), Vector: vector, Payload: map[string]any{"n": float64(i)}}
	}
	return points
}

func ids(points []Point) []uint64 {
	out := make([]uint64, len(points))
	for i, p := range points {
		out[i] = p.ID
	}
	return out
}

func TestAcknowledgedVectorsSurviveKillAndRecreation(t *testing.T) {
	b := newBox(t)
	began := time.Now()
	c := b.start(t)
	t.Logf("ready after %v", time.Since(began))
	points := thousand()
	check(t, c.CreateCollection(t.Context(), "documents", 64, Dot))
	began = time.Now()
	for at := 0; at < len(points); at += 100 {
		check(t, c.Upsert(t.Context(), "documents", points[at:at+100], true))
	}
	t.Logf("1,000 acknowledged points in %v", time.Since(began))
	before, err := c.Search(t.Context(), "documents", points[7].Vector, 10)
	check(t, err)
	b.kill(t)

	began = time.Now()
	c = b.start(t)
	t.Logf("ready again after %v", time.Since(began))
	count, err := c.Count(t.Context(), "documents")
	check(t, err)
	if count != len(points) {
		t.Fatalf("%d points", count)
	}
	var after []Point
	var offset *uint64
	for page := 0; page == 0 || offset != nil; page++ {
		var found []Point
		found, offset, err = c.Scroll(t.Context(), "documents", offset, 300)
		check(t, err)
		after = append(after, found...)
	}
	if !reflect.DeepEqual(after, points) {
		t.Error("the points are not what they were")
	}
	again, err := c.Search(t.Context(), "documents", points[7].Vector, 10)
	check(t, err)
	if len(again) != 10 || again[0].ID != points[7].ID || !reflect.DeepEqual(again, before) {
		t.Errorf("the search finds %v, and found %v", again, before)
	}
}

// The server is killed as soon as it has acknowledged a write.
func TestAnImmediateKillLosesNoAcknowledgedWrite(t *testing.T) {
	b := newBox(t)
	points := thousand()
	for round := range 3 {
		c := b.start(t)
		if round == 0 {
			check(t, c.CreateCollection(t.Context(), "documents", 64, Euclid))
		}
		check(t, c.Upsert(t.Context(), "documents", points[round*10:round*10+10], true))
		b.kill(t)
	}
	c := b.start(t)
	got, err := c.Retrieve(t.Context(), "documents", ids(points[:30])...)
	check(t, err)
	if len(got) != 30 {
		t.Errorf("%d of 30 points", len(got))
	}
}

func TestRecoverRestoresASnapshot(t *testing.T) {
	b := newBox(t)
	c := b.start(t)
	points := thousand()[:20]
	check(t, c.CreateCollection(t.Context(), "documents", 64, Cosine))
	check(t, c.Upsert(t.Context(), "documents", points, true))
	began := time.Now()
	made, err := c.CreateSnapshot(t.Context(), "documents")
	check(t, err)
	t.Logf("%+v in %v", made, time.Since(began))
	check(t, c.DeleteCollection(t.Context(), "documents"))
	check(t, c.CreateCollection(t.Context(), "documents", 64, Cosine))
	b.remove(t, b.id)
	c = b.start(t)
	found, err := c.Snapshots(t.Context(), "documents")
	check(t, err)
	if len(found) != 1 || found[0].Name != made.Name || found[0].Checksum != made.Checksum {
		t.Fatalf("snapshots %+v", found)
	}
	check(t, c.Recover(t.Context(), "documents", made.Name))
	got, err := c.Retrieve(t.Context(), "documents", ids(points)...)
	check(t, err)
	if len(got) != 20 {
		t.Fatalf("%d points", len(got))
	}
	length := 0.0
	for _, x := range got[0].Vector {
		length += float64(x) * float64(x)
	}
	if math.Abs(length-1) > 1e-4 {
		t.Errorf("with Cosine the vector has the length %f", length)
	}
}

func TestTheServerRefusesInvalidRequests(t *testing.T) {
	b := newBox(t)
	c := b.start(t)
	ctx := t.Context()
	if _, err := c.Count(ctx, "nothing"); !IsStatus(err, 404) {
		t.Errorf("an unknown collection: %v", err)
	}
	check(t, c.CreateCollection(ctx, "documents", 2, Dot))
	if err := c.CreateCollection(ctx, "documents", 2, Dot); !IsStatus(err, 409) {
		t.Errorf("a collection twice: %v", err)
	}
	if err := c.Upsert(ctx, "documents", []Point{{ID: 1, Vector: []float32{1}}}, true); !IsStatus(err, 400) {
		t.Errorf("a wrong dimension: %v", err)
	}
	// The lesson's request: POST takes ids, not points.
	err := c.result(ctx, http.MethodPost, "/collections/documents/points", map[string]any{"points": []Point{{ID: 1, Vector: []float32{0.1, 0.2}}}}, nil)
	if !IsStatus(err, 400) && !IsStatus(err, 422) {
		t.Errorf("the lesson's POST: %v", err)
	}
	names, err := c.Collections(ctx)
	if err != nil || !reflect.DeepEqual(names, []string{"documents"}) {
		t.Errorf("collections %v, %v", names, err)
	}
}

func TestTheSubstituteIdentifiesItselfAndStopsAtOnce(t *testing.T) {
	b := newBox(t)
	c := b.start(t)
	info, err := c.Info(t.Context())
	check(t, err)
	if !strings.Contains(info.Title, "substitute") {
		t.Skipf("the engine has the genuine server: %+v", info)
	}
	stdout, stderr, err := b.engine.Logs(t.Context(), b.id)
	check(t, err)
	first, rest, _ := strings.Cut(stdout+stderr, "\n")
	if !strings.Contains(first, "substitute for qdrant/qdrant") || !strings.Contains(rest, "ignored settings: QDRANT_API_KEY") || strings.Contains(rest, "your-secure-key") {
		t.Errorf("its log begins %q, then %q", first, rest)
	}
	began := time.Now()
	check(t, b.engine.StopContainer(t.Context(), b.id, 10*time.Second))
	took := time.Since(began)
	stopped, err := b.engine.InspectContainer(t.Context(), b.id)
	check(t, err)
	if took > 3*time.Second || stopped.ExitCode != 0 {
		t.Errorf("stopped after %v with %d", took, stopped.ExitCode)
	}
	t.Logf("stopped in %v", took)
}
