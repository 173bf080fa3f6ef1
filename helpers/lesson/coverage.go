package lesson

// Uncovered returns the statements that no located quote covers.
//
// A statement is covered if the quotes together hold at least half of its letters
// and digits. Outputs, files and fragments count line by line, so that an added line
// is noticed: each run of uncovered lines is returned as one statement. A line
// without letters and digits needs no cover.
func (l *Lesson) Uncovered(located []Location) []Statement {
	m := newMarks(l, located)
	var out []Statement
	for _, s := range l.Statements {
		units := l.parts(s)
		for i := 0; i < len(units); i++ {
			if m.covered(units[i]) {
				continue
			}
			run := units[i]
			for i+1 < len(units) && (!m.covered(units[i+1]) || !m.countable(units[i+1])) {
				i++
				if m.countable(units[i]) {
					run.end = units[i].end
				}
			}
			out = append(out, l.narrowed(s, run))
		}
	}
	return out
}

// parts returns what must be covered of a statement, each by itself: the lines of a
// block, the cells of a row, or all of it.
func (l *Lesson) parts(s Statement) []span {
	if s.Kind != Row && s.Kind != Header {
		return l.unitsOf(s)
	}
	var cells []span
	from := s.Start
	for i := s.Start; i <= s.End; i++ {
		if i == s.End || l.Source[i] == '|' && l.Source[max(i-1, s.Start)] != '\\' {
			if cell := l.trim(span{from, i}); hasWords(l.Source[cell.start:cell.end]) {
				cells = append(cells, cell)
			}
			from = i + 1
		}
	}
	return cells
}

// narrowed returns the part of a statement in a span.
func (l *Lesson) narrowed(s Statement, to span) Statement {
	if units := l.parts(s); to.start == units[0].start && to.end == units[len(units)-1].end {
		return s
	}
	s.Start, s.End, s.Line = to.start, to.end, l.LineAt(to.start)
	s.Text = string(l.Source[to.start:to.end])
	return s
}

// marks counts the letters and digits up to each byte, in all and in quotes.
type marks struct{ all, quoted []int }

func newMarks(l *Lesson, located []Location) marks {
	in := make([]int, len(l.Source)+1)
	for _, at := range located {
		start, end := max(at.Start, 0), min(at.End, len(l.Source))
		if start < end {
			in[start]++
			in[end]--
		}
	}
	ignored := make([]bool, len(l.Source))
	for _, s := range l.references {
		for i := s.start; i < s.end; i++ {
			ignored[i] = true
		}
	}
	m := marks{make([]int, len(l.Source)+1), make([]int, len(l.Source)+1)}
	depth, counts := 0, false
	for i, b := range l.Source {
		depth += in[i]
		if b < 0x80 || b >= 0xC0 { // the further bytes of a rune count like its first
			counts = isWord(runeAt(l.Source, i)) && !ignored[i]
		}
		m.all[i+1], m.quoted[i+1] = m.all[i], m.quoted[i]
		if counts {
			m.all[i+1]++
			if depth > 0 {
				m.quoted[i+1]++
			}
		}
	}
	return m
}

func (m marks) countable(s span) bool { return m.all[s.end] > m.all[s.start] }

func (m marks) covered(s span) bool {
	return 2*(m.quoted[s.end]-m.quoted[s.start]) >= m.all[s.end]-m.all[s.start]
}
