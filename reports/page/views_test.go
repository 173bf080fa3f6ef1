//go:build chromedp

package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holdfast/holdfast/reports/verdicts"
)

const rows = "tr[data-claim]"

// small is a fleet in which each filter leaves something else: an unexpected
// verdict, a second run of one engine, and text that is no markup.
func small() []Source {
	sources := fleet(3, 90)
	sources[1].Document.Claims[5].Verdict = verdicts.Contradicted
	sources[0].Document.Claims[2].Quote = hostile
	sources[0].Document.Claims[2].Evidence[0].Saw = hostile
	later := fleet(1, 90)[0]
	later.Document.Run.ID, later.Document.Run.Started = "later", "2026-11-20T05:00:00Z"
	later.Document.Claims = append(later.Document.Claims[1:], claim(0, 90))
	later.Document.Claims[0].Verdict = verdicts.Contradicted
	later.Document.Claims[0].Expected = verdicts.Contradicted
	later.Document.Matrix[0].Fate = "survives"
	return append(sources, later)
}

// fitting counts the claims on which some run's verdicts are as asked.
func fitting(sources []Source, fits func(verdicts []string, unexpected bool) bool) int {
	merged, _ := merge(sources)
	count := 0
	for _, row := range merged.Claims {
		lower := strings.ToLower(row.Cells)
		if fits(strings.Split(lower, ""), lower != row.Cells) {
			count++
		}
	}
	return count
}

func has(letters []string, letter string) bool {
	return strings.Contains(strings.Join(letters, ""), letter)
}

func TestInABrowser(t *testing.T) {
	sources := small()
	b := chromium(t, sources)
	t.Run("every filter", func(t *testing.T) { filters(b.on(t), sources) })
	t.Run("the cell's panel", func(t *testing.T) { thePanel(b.on(t)) })
	t.Run("the other views", func(t *testing.T) { otherViews(b.on(t)) })
	t.Run("the address", func(t *testing.T) { addresses(b.on(t)) })
	t.Run("text stays text", func(t *testing.T) { staysText(b.on(t)) })
	t.Run("on a phone and on paper", func(t *testing.T) { elsewhere(b.on(t)) })
}

func filters(b *browser, sources []Source) {
	b.open("")
	b.wantCount(rows, 91)
	b.wantText("[role=status]", "91 of 91 claims on 4 engines")
	for facet, fits := range map[string]func([]string, bool) bool{
		"differences":  func(l []string, _ bool) bool { return has(l, "h") && has(l, "c") },
		"contradicted": func(l []string, _ bool) bool { return has(l, "c") },
		"unexpected":   func(_ []string, unexpected bool) bool { return unexpected },
		"unverified":   func(l []string, _ bool) bool { return has(l, "u") },
	} {
		box := fmt.Sprintf("[name=only][value=%s]", facet)
		want := fitting(sources, fits)
		b.click(box)
		b.wantCount(rows, want)
		b.wantText(fmt.Sprintf("[data-count=%s]", facet), fmt.Sprint(want))
		b.wantText("[role=status]", fmt.Sprintf("%d of 91 claims", want))
		b.click(box)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "claim-042"))
	b.wantCount(rows, 1)
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), " nowhere"))
	b.wantCount(rows, 0)
	b.wantText(".empty", "No claim fits")
	b.click(".reset")
	b.wantCount(rows, 91)
	b.do(chromedp.SetValue(chromedp.CSS("[name=area]"), "volumes"))
	value[bool](b, `document.querySelector('[name=area]').dispatchEvent(new Event('change', { bubbles: true }))`)
	b.wantCount(rows, value[int](b, `document.querySelectorAll('tr[data-claim] .id').values().filter((e) => e.textContent.includes('volumes/')).toArray().length`))
	b.click(".reset")
	b.click(".choose summary")
	b.click("[name=engine][value='podman-lab1']")
	b.wantCount("thead th", 4)
	b.wantText("[role=status]", "on 3 of 4 engines")
	b.click("[data-all='']")
	b.wantText(".empty", "No engine")
	b.click("[data-all=on]")
	b.wantCount("thead th", 5)
}

func thePanel(b *browser) {
	b.open("")
	b.press(kb.Tab)
	value[bool](b, `document.querySelector('.cell[tabindex="0"]').focus() ?? true`)
	b.press(kb.ArrowDown, kb.ArrowRight, kb.ArrowDown, kb.ArrowDown, kb.ArrowDown, kb.ArrowDown, kb.ArrowRight)
	at := value[string](b, `document.activeElement.dataset.open`)
	if at != "claim:docker-lab2:ephemeral/claim-005" && at != "claim:podman-lab1:ephemeral/claim-005" {
		b.Errorf("the arrow keys led to %q", at)
	}
	if stops := value[int](b, `document.querySelectorAll('td .cell[tabindex="0"]').length`); stops != 1 {
		b.Errorf("the table has %d tab stops", stops)
	}
	b.press(kb.Enter)
	b.wait(`document.querySelector('dialog').open`)
	b.wantText("#panel-title", "ephemeral/claim-005")
	b.wantText("dialog", "lesson line 25")
	b.wantText("dialog", "A volume keeps its data, case 5")
	b.wantText("dialog", "0.4 s")
	b.wantText("dialog", "docker run --rm --volume")
	b.click("[data-switch^='claim:podman-lab1']")
	b.wantText("dialog .verdict", "unexpected: it is catalogued as holds")
	b.press(kb.Escape)
	b.wait(`!document.querySelector('dialog').open`)
	if back := value[string](b, `document.activeElement.dataset.open ?? document.activeElement.tagName`); back != at {
		b.Errorf("the focus went to %q, not back to %q", back, at)
	}
	b.open("#open=claim:docker-lab0:ephemeral/claim-009")
	b.wait(`document.querySelector('dialog').open`)
	b.wantText("dialog", "Erratum of the lesson on docker >= 23.0")
	b.wantText("dialog", "Remove all unused anonymous volumes")
	b.wantText("dialog a", "https://docs.docker.com")
	b.click(".close")
	b.wait(`!document.querySelector('dialog').open && !location.hash.includes('open')`)
	b.click("thead .engine")
	b.wantText("dialog", "overlay2")
	b.do(chromedp.NavigateBack())
	b.wait(`!document.querySelector('dialog').open`)
}

func otherViews(b *browser) {
	b.open("")
	b.click("nav a:nth-child(2)")
	b.wantText("[role=status]", "20 fates on 4 engines: 2 differ between engines, 1 unexpected")
	b.click(".fate.mixed")
	b.wantText("dialog", "What becomes of the data")
	b.press(kb.Escape)
	b.wait(`!document.querySelector('dialog').open`)
	value[bool](b, `(() => { const s = document.querySelector('[name=of]'); s.value = 'podman-lab1'; return s.dispatchEvent(new Event('change')); })()`)
	b.wantText("[role=status]", "on podman")
	b.wantCount(".fate.mixed", 0)

	b.click("nav a:nth-child(3)")
	b.wantText("[role=status]", "2 changed, 1 new, 1 gone, 87 the same; 1 fate changed")
	b.wantCount(".differences:first-child tbody tr", 4)
	b.click("[name=kinds][value=gone]")
	b.wantCount(".differences:first-child tbody tr", 1)
	b.click(".swap")
	b.wantText(".kind", "gone")
	b.wantText("[role=status]", "2 changed, 1 new, 1 gone")

	b.click("nav a:nth-child(4)")
	b.wantText("[role=status]", "4 runs of 3 engines")
	b.wantCount("tbody tr", 4)
	b.do(chromedp.NavigateBack())
	b.wantText("[aria-current=page]", "Compare")
}

func addresses(b *browser) {
	b.open("")
	b.click("[name=only][value=contradicted]")
	b.do(chromedp.SendKeys(chromedp.CSS("[name=text]"), "claim & co, 100%"))
	b.click(".choose summary")
	b.click("[name=engine][value='podman-lab1']")
	b.wait(`location.hash.includes('100')`)
	before := value[string](b, `location.hash`)
	b.open(before)
	if after := value[string](b, `location.hash`); after != before {
		b.Errorf("the address became %s from %s", after, before)
	}
	if !value[bool](b, `document.querySelector('[name=only][value=contradicted]').checked && document.querySelector('[name=text]').value === 'claim & co, 100%' && !document.querySelector('[name=engine][value="podman-lab1"]').checked`) {
		b.Error("the address does not keep the filters")
	}
	b.open("#view=nowhere&engines=none&area=..&a=%3Cb%3E&open=claim:x:y&only=__proto__")
	b.wantCount(rows, 91)
}

func staysText(b *browser) {
	b.open("#open=claim:docker-lab0@2026-11-01:ephemeral/claim-002")
	b.wantText("dialog", "<img src=x onerror")
	if title := value[string](b, `document.title`); strings.Contains(title, "pwned") || b.count("img, main script") > 0 {
		b.Errorf("text became markup; the title is %q", title)
	}
}

func elsewhere(b *browser) {
	b.do(chromedp.EmulateViewport(390, 844))
	defer b.do(chromedp.EmulateViewport(1280, 800))
	for _, view := range []string{"claims", "persistence", "compare", "engines"} {
		b.open("#view=" + view)
		if wide := value[int](b, `document.scrollingElement.scrollWidth`); wide > 390 {
			b.Errorf("%s is %d pixels wide", view, wide)
		}
	}
	b.open("")
	b.wantCount("[name=only]", 0)
	b.click(".more")
	b.wantCount("[name=only]", 4)
	b.do(chromedp.EmulateViewport(1280, 800))
	paper, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil || len(paper) < 10_000 {
		b.Errorf("printed %d bytes: %v", len(paper), err)
	}
}

// An open page is one whose table stands and whose first frame was painted.
func TestThreeHundredClaimsOnTwentyEnginesOpenWithinASecond(t *testing.T) {
	b := chromium(t, fleet(20, 300))
	best := 1e9
	for range 5 {
		b.open("")
		b.wait(`performance.getEntriesByName('shown').length > 0`)
		best = min(best, value[float64](b, `performance.getEntriesByName('shown')[0].startTime`))
	}
	if cells := value[int](b, `document.querySelectorAll('td .cell').length`); cells != 6000 {
		t.Errorf("%d cells", cells)
	}
	t.Logf("opened in %.0f ms", best)
	if best > 1000 {
		t.Errorf("opened in %.0f ms", best)
	}
}
