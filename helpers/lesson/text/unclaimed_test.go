package text

import (
	"slices"
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson/library"
)

func TestALessonWithoutClaimsIsReported(t *testing.T) {
	if ids, err := WithoutClaims(&claims.Catalogue{}); err != nil || !slices.Contains(ids, library.Main()) {
		t.Errorf("%q %v", ids, err)
	}
	catalogue := &claims.Catalogue{Files: []claims.File{{Lesson: library.Main()}}}
	if ids, err := WithoutClaims(catalogue); err != nil || slices.Contains(ids, library.Main()) {
		t.Errorf("%q %v", ids, err)
	}
}
