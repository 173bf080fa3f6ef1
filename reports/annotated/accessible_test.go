package annotated

import (
	"fmt"
	"testing"
)

func TestAccessibility(t *testing.T) {
	b := chromium(t)
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		for _, width := range []int64{1280, 390} {
			b.Size(width, 844)
			b.Open("")
			b.Accessible(fmt.Sprintf("initial, %s, %d pixels", scheme, width))
			b.Open("#table/command")
			b.Click("[name=engine][value='1']")
			run(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; })`)
			b.Accessible(fmt.Sprintf("unfolded, %s, %d pixels", scheme, width))
		}
	}
}
