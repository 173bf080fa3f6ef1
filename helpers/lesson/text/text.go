// Package text matches the text of a lesson with the quotes of a catalogue.
package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
)

// Text is a document under judgement, with the places of the catalogue's quotes.
type Text struct {
	library.Text
	Places          []Place
	CorrectedClaims map[string]bool // ids of the claims that the text has corrected
	Headings        bool            // headings and table headers are prose
}

// Place is one quote of the catalogue, a claim's or prose, and where it was found.
type Place struct {
	Name  string        // the claim's id, or the file and line of the prose
	Claim *claims.Claim // nil for prose
	Prose string        // the reason given for prose
	lesson.Found
}

// Texts reads the documents that the catalogue quotes, the main lesson first and the contract last.
func Texts(catalogue *claims.Catalogue) (all []Text, err error) {
	var seen []string
	for _, file := range catalogue.Files {
		if slices.Contains(seen, file.Lesson) {
			continue
		}
		seen = append(seen, file.Lesson)
		text, err := Read(catalogue, file.Lesson)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	slices.SortStableFunc(all, func(a, b Text) int { return cmp.Compare(rank(a), rank(b)) })
	return all, nil
}

// WithoutClaims returns the ids of the lessons that come with the suite and have no claims.
func WithoutClaims(catalogue *claims.Catalogue) (ids []string, err error) {
	all, err := library.IDs()
	return slices.DeleteFunc(all, func(id string) bool {
		return slices.ContainsFunc(catalogue.Files, func(f claims.File) bool { return f.Lesson == id })
	}), err
}

func rank(t Text) int {
	switch {
	case t.ID == library.Main():
		return 0
	case library.IsContract(t.ID):
		return 2
	}
	return 1
}

func Read(catalogue *claims.Catalogue, id string) (Text, error) {
	judged, err := library.Judged(id)
	if err != nil {
		return Text{}, err
	}
	original, err := library.Original(id)
	if err != nil {
		return Text{}, err
	}
	return Match(catalogue, original, judged)
}

// match locates the catalogue's quotes of the original in the judged text.
func Match(catalogue *claims.Catalogue, original, judged library.Text) (Text, error) {
	places, quotes := quoted(catalogue, original.ID)
	for i, found := range original.LocateAll(quotes) {
		places[i].Found = found
	}
	text := Text{Text: judged, Places: places, CorrectedClaims: map[string]bool{}}
	for _, file := range catalogue.Files {
		text.Headings = text.Headings || file.Lesson == original.ID && file.Headings != ""
	}
	if judged.SHA256 == original.SHA256 {
		return text, nil
	}
	corrected, err := original.Correct(edits(original.Lesson, places, nil))
	if err != nil {
		return Text{}, fmt.Errorf("the catalogue's corrections: %w", err)
	}
	for i, found := range judged.LocateAll(quotes) {
		text.find(&places[i], found, original.Lesson, corrected)
	}
	for _, place := range places {
		if c := place.Claim; c != nil && c.Erratum != nil && text.CorrectedClaims[c.Erratum.With] {
			text.CorrectedClaims[c.ID] = true
		}
	}
	return text, nil
}

// find locates a quote in a text that is not the original: the quote itself, or
// what the corrections make of it.
func (t *Text) find(place *Place, found lesson.Found, original *lesson.Lesson, corrected *lesson.Corrected) {
	was := place.Found
	place.Found = found
	if was.Drift.Kind != lesson.None {
		return
	}
	old := original.TextAt(was.Location)
	correction := corrected.QuoteAt(corrected.Place(was.Location))
	if correction.Exact == old {
		if found.Drift.Kind == lesson.None {
			place.Found.Drift = t.Compare(found.Drift.Quote, found.Location, old)
		}
		// Only its prefix or suffix may have been corrected.
		if at, drift := t.Locate(correction); found.Drift.Kind != lesson.None && drift.Kind == lesson.None {
			place.Found = lesson.Found{Location: at, Drift: drift}
		}
		return
	}
	at, drift := t.Locate(correction)
	// If one text contains the other, both are found, and the longer one is there. A
	// block is found by its first line, whatever its other lines are.
	unchanged := found.Drift.Kind == lesson.None && t.Compare(found.Drift.Quote, found.Location, old).Kind == lesson.None
	if drift.Kind != lesson.None || unchanged && len(old) >= len(correction.Exact) {
		return
	}
	place.Found = lesson.Found{Location: at, Drift: drift}
	if place.Claim != nil && place.Claim.Erratum != nil && place.Claim.Erratum.Correction != "" {
		t.CorrectedClaims[place.Claim.ID] = true
	}
}

// edits returns the corrections of the claims that were found and are not corrected yet.
func edits(l *lesson.Lesson, places []Place, corrected map[string]bool) (all []lesson.Edit) {
	for _, place := range places {
		c := place.Claim
		if c == nil || c.Erratum == nil || c.Erratum.Correction == "" || corrected[c.ID] || place.Drift.Kind != lesson.None {
			continue
		}
		at := place.Location
		correction := strings.TrimRight(c.Erratum.Correction, "\n")
		if strings.HasSuffix(string(l.Source[at.Start:at.End]), "\n") {
			correction += "\n"
		}
		all = append(all, lesson.Edit{Start: at.Start, End: at.End, Text: correction})
	}
	return all
}

// Corrected returns the text with every erratum's correction applied.
func (t Text) Corrected() ([]byte, error) {
	return t.Lesson.Apply(edits(t.Lesson, t.Places, t.CorrectedClaims))
}

// quoted returns what the catalogue quotes of a document.
func quoted(catalogue *claims.Catalogue, id string) (places []Place, quotes []lesson.Quote) {
	add := func(place Place, q claims.Quote) {
		places = append(places, place)
		quotes = append(quotes, lesson.Quote{Section: q.Section, Exact: q.Quote, Prefix: q.Prefix, Suffix: q.Suffix, Block: q.Block, Nth: q.Nth})
	}
	for _, file := range catalogue.Files {
		if file.Lesson != id {
			continue
		}
		for _, claim := range file.Claims {
			add(Place{Name: claim.ID, Claim: &claim}, claim.Quote)
		}
		for _, prose := range file.Prose {
			add(Place{Name: fmt.Sprintf("prose in %s:%d", prose.File, prose.Line), Prose: prose.Reason}, prose.Quote)
		}
	}
	return places, quotes
}

// Drift returns the quotes that are not where the catalogue says.
func (t Text) Drift() (all []Place) {
	for _, place := range t.Places {
		if place.Drift.Kind != lesson.None {
			all = append(all, place)
		}
	}
	return all
}

// Unclaimed returns the statements that the catalogue lists neither as claims nor as prose.
func (t Text) Unclaimed() []lesson.Statement {
	var located []lesson.Location
	for _, place := range t.Places {
		if place.Drift.Kind == lesson.None {
			located = append(located, place.Location)
		}
	}
	// The front matter counts once the catalogue quotes any of it.
	frontMatter := slices.ContainsFunc(t.Places, func(p Place) bool { return p.Drift.Quote.Section == lesson.FrontMatterSection })
	unclaimed := slices.DeleteFunc(t.Uncovered(located), func(s lesson.Statement) bool {
		return t.Headings && (s.Kind == lesson.Heading || s.Kind == lesson.Header) || s.Kind == lesson.FrontMatter && !frontMatter
	})
	for i, s := range unclaimed {
		unclaimed[i].Text = t.TextAt(lesson.Location{Start: s.Start, End: s.End})
	}
	return unclaimed
}
