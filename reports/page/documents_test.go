package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/browser"
)

// withContract returns the runs of a fleet with a second document, the contract.
func withContract(engines, claims, promises int) []Source {
	sources := fleet(engines, claims)
	for _, lesson := range sources {
		contract := lesson
		contract.Path = strings.Replace(lesson.Path, "verdicts", "container-storage/verdicts", 1)
		contract.Document.Lesson = result.Lesson{ID: "container-storage", Kind: result.Contract, SHA256: strings.Repeat("1", 64)}
		contract.Document.Matrix, contract.Document.Claims = []result.Cell{}, nil
		for p := range promises {
			one := claim(0, p)
			one.ID, one.Section, one.Line, one.Erratum = fmt.Sprintf("contract-binds/promise-%03d", p), fmt.Sprintf("Promises %d", p/8), 5+2*p, nil
			one.Quote = fmt.Sprintf("Promise %d of the contract.", p)
			one.Verdict, one.Expected = result.Holds, result.Holds
			contract.Document.Claims = append(contract.Document.Claims, one)
		}
		sources = append(sources, contract)
	}
	return sources
}

func TestTheDocumentsOfARunShareAColumn(t *testing.T) {
	merged, details := merge(withContract(2, 30, 20))
	if len(merged.Runs) != 2 || len(details) != 2 || len(merged.Claims) != 50 {
		t.Fatalf("%d columns, %d rows", len(merged.Runs), len(merged.Claims))
	}
	if run := merged.Runs[0]; run.Key != "docker-lab0" || len(run.Lessons) != 2 || run.Lessons[1].Kind != result.Contract || len(run.Matrix) == 0 {
		t.Errorf("the column is %+v", run.Lessons)
	}
	if first, last := merged.Claims[0], merged.Claims[49]; first.Kind != "" || last.Kind != result.Contract || strings.Contains(last.Cells, "-") {
		t.Errorf("the order is %s ... %s", first.ID, last.ID)
	}
}

func TestTheSummaryTellsTheDocumentsApart(t *testing.T) {
	text := markdown(t, withContract(2, 30, 20))
	for _, want := range []string{
		"## 30 claims of the lesson and 20 promises of the contract on 2 runs",
		"| docker-lab0 | lesson | docker 20.0.2+dfsg1 |", "| docker-lab0 | contract | docker 20.0.2+dfsg1 | 1.41 | Debian GNU/Linux 13 (trixie), amd64 | 20 | 0 | 0 | 0 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
}

func TestLessonAndContractInABrowser(t *testing.T) {
	b := chromium(t, withContract(3, 90, 60))
	for _, width := range []int64{1280, 390} {
		b.Size(width, 844)
		t.Run(fmt.Sprintf("sections at %d pixels", width), func(t *testing.T) { sections(b.On(t), width) })
		t.Run(fmt.Sprintf("links at %d pixels", width), func(t *testing.T) { links(b.On(t), width) })
		for _, place := range []string{"", "#contract-binds/promise-059", "#open=claim:docker-lab0:contract-binds/promise-003", "#open=engine:docker-lab0"} {
			b.On(t).Open(place)
			b.On(t).Accessible(fmt.Sprintf("%q, %d pixels", place, width))
		}
	}
}

func sections(b *browser.Browser, width int64) {
	b.Open("")
	b.WantCount(rows, 150)
	b.WantText("#headline", "90 claims of the lesson and 60 promises of the contract on 3 engines")
	b.WantText("tr.document", "The lesson volumes-and-persistent-data: 90 claims")
	headings := browser.Value[string](b, `[...document.querySelectorAll('tr.document')].map((row) => row.innerText.trim()).join('|')`)
	if headings != "The lesson volumes-and-persistent-data: 90 claims|The contract container-storage: 60 promises" {
		b.Errorf("the headings are %q", headings)
	}
	if width < 700 {
		b.Click(".more")
	}
	b.Do(chromedp.SetValue(chromedp.CSS("[name=document]"), "container-storage"))
	browser.Value[bool](b, `document.querySelector('[name=document]').dispatchEvent(new Event('change', { bubbles: true }))`)
	b.WantCount(rows, 60)
	b.WantCount("tr.document", 1)
	b.WantText("[role=status]", "60 of 150 claims")
	b.Wait(`location.hash === '#view=claims&document=container-storage'`)
	b.Open("#view=claims&document=volumes-and-persistent-data")
	b.WantCount(rows, 90)
	if wide := browser.Value[int](b, `document.scrollingElement.scrollWidth`); int64(wide) > width {
		b.Errorf("%d pixels wide", wide)
	}
	b.Open("#open=claim:docker-lab0:contract-binds/promise-003")
	b.WantText("dialog", "contract line 11")
	b.WantText("dialog", "Permanent link")
	b.Open("#open=engine:docker-lab0")
	b.WantText("dialog", "Verdicts, contract")
	b.WantText("dialog", "60 hold, 0 contradicted")
}

// inView is whether the row of a claim is on the screen.
func inView(id string) string {
	return fmt.Sprintf(`(() => { const at = document.getElementById('%s')?.getBoundingClientRect(); return at && at.top > 0 && at.bottom < innerHeight; })()`, id)
}

func links(b *browser.Browser, width int64) {
	b.Open("#contract-binds/promise-059")
	b.Wait(inView("contract-binds/promise-059"))
	b.WantCount("tr.linked", 1)
	b.WantCount(rows, 150)
	if hash := browser.Value[string](b, `location.hash`); hash != "#contract-binds/promise-059" {
		b.Errorf("the address became %s", hash)
	}
	b.Click("tr.linked button.cell")
	b.Wait(`document.querySelector('dialog').open`)
	b.Click("dialog .permanent")
	b.Wait(`!document.querySelector('dialog').open && location.hash === '#contract-binds/promise-059'`)
	browser.Value[bool](b, `document.querySelector('[id="contract-binds/promise-002"] .id a').click() ?? true`)
	b.Wait(`location.hash === '#contract-binds/promise-002' && document.querySelector('tr.linked').id === 'contract-binds/promise-002'`)
	b.Wait(inView("contract-binds/promise-002"))
	if width > 700 {
		b.Click("[name=only][value=contradicted]")
		b.Wait(`location.hash === '#view=claims&only=contradicted'`)
	}
	b.Open("#contract-binds/no-such-promise%")
	b.WantCount(rows, 150)
}
