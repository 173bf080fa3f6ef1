package claims

import (
	"context"
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"

	. "github.com/onsi/ginkgo/v2"
)

// Judge decides claims on one engine. It travels in the context of each Ginkgo node.
type Judge struct {
	Catalogue *Catalogue
	Facts     engine.Facts
	// Corrected holds the ids of the claims whose corrections the text under judgement
	// has: only the corrections are judged.
	Corrected map[string]bool
	// HealthCheck explains why an unexpected outcome is inconclusive, such as an engine
	// that has died. It returns "" where the outcome counts, and may be nil.
	HealthCheck func(outcome string) string
}

type judgeKey struct{}

// WithJudge returns a context with the judge, for the specs.
func WithJudge(ctx context.Context, judge *Judge) context.Context {
	return context.WithValue(ctx, judgeKey{}, judge)
}

// judgeOf returns the judge in the context, and fails the spec where there is none.
func judgeOf(ctx context.Context) *Judge {
	GinkgoHelper()
	judge, _ := ctx.Value(judgeKey{}).(*Judge)
	if judge == nil {
		Fail("the context holds no judge: use the context of the spec, in a suite that package assembly runs")
	}
	return judge
}

// SetCompose sets the version of Compose under test, where a spec finds it.
func SetCompose(ctx context.Context, version string) {
	GinkgoHelper()
	judgeOf(ctx).Facts.Compose = version
}

// expected returns the verdict that the catalogue predicts on the judge's engine.
func (j *Judge) expected(c Claim) string { return c.Expected(j.Facts) }

// surprises reports whether the catalogue predicts another verdict for one of the claims.
func (j *Judge) surprises(claims []Claim, verdict string) bool {
	for _, claim := range claims {
		if !j.Corrected[claim.ID] && verdict != j.expected(claim) {
			return true
		}
	}
	return false
}

// requireHealthy fails the spec where an unexpected outcome is inconclusive.
func (j *Judge) requireHealthy(outcome string) {
	GinkgoHelper()
	if j.HealthCheck == nil {
		return
	}
	if inconclusive := j.HealthCheck(outcome); inconclusive != "" {
		Fail(fmt.Sprintf("%s\nSo this outcome is inconclusive: %s", inconclusive, outcome))
	}
}
