package student

import "strings"

// upToCursor returns the cursor's line up to the cursor.
func (s *screen) upToCursor() string {
	from := s.row
	for from > 0 && s.rows[from-1].more {
		from--
	}
	text := ""
	for i := from; i < s.row; i++ {
		text += string(s.rows[i].cells)
	}
	cells := s.rows[s.row].cells
	end := s.col
	if s.full {
		end++
	}
	text += string(cells[:min(end, len(cells))])
	if pad := end - len(cells); pad > 0 {
		text += strings.Repeat(" ", pad)
	}
	return text
}

// lineAfter returns the first row after the line that begins at a row.
func (s *screen) lineAfter(from int) int {
	for from < len(s.rows) && s.rows[from].more {
		from++
	}
	return from + 1
}

// text returns the text between two places. It joins wrapped rows and trims the
// blanks at the ends of lines.
func (s *screen) text(fromRow, fromCol, toRow, toCol int) string {
	var out strings.Builder
	line := ""
	for i := fromRow; i <= toRow && i < len(s.rows); i++ {
		cells := s.rows[i].cells
		if i == toRow {
			cells = cells[:min(toCol, len(cells))]
		}
		if i == fromRow {
			cells = cells[min(fromCol, len(cells)):]
		}
		line += string(cells)
		if s.rows[i].more && i < toRow {
			continue
		}
		line = strings.TrimRight(line, " ")
		if i < toRow {
			line += "\n"
		}
		out.WriteString(line)
		line = ""
	}
	return out.String()
}

// tail returns the last lines, for errors.
func (s *screen) tail(lines int) string {
	last := len(s.rows) - 1
	for last > 0 && len(strings.TrimSpace(string(s.rows[last].cells))) == 0 {
		last--
	}
	return s.text(max(last-lines+1, 0), 0, last, len(s.rows[last].cells))
}
