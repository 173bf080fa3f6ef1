package page

import (
	"fmt"
	"testing"
)

func TestAccessibility(t *testing.T) {
	b := chromium(t, small())
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		for _, width := range []int64{1280, 390} {
			b.Size(width, 844)
			for _, place := range []string{
				"view=claims", "view=persistence", "view=compare", "view=engines", "view=speed", "open=claim:docker-lab0:ephemeral/claim-009",
				"open=engine:docker-lab0", "open=fate:restart|tmpfs",
			} {
				b.Open("#" + place)
				b.Accessible(fmt.Sprintf("%s, %s, %d pixels", place, scheme, width))
			}
		}
	}
}
