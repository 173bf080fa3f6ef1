package student

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// screen holds what a terminal shows, including the lines that scrolled away. It
// knows the sequences that shells, docker and Compose write, and ignores others.
type screen struct {
	width, height int
	rows          []row
	row, col      int
	full          bool // the cursor is past the last column: the next character starts a row
	marks         []mark
	nonce         string
	homed         bool   // the cursor has just moved to the top left
	rest          []byte // an unfinished sequence
}

type row struct {
	cells []rune
	more  bool // the line continues in the next row
}

var blank row

// mark is a place that the student's own shell marks invisibly.
type mark struct {
	kind     byte // 'a' before a prompt, 'b' after it, 'c' after a continuation prompt
	status   int
	row, col int
}

func newScreen(width, height int, nonce string) *screen {
	return &screen{width: width, height: height, nonce: nonce, rows: make([]row, 1)}
}

func (s *screen) write(data []byte) {
	data = append(s.rest, data...)
	s.rest = nil
	for len(data) > 0 {
		n := s.next(data)
		if n == 0 {
			s.rest = append([]byte(nil), data...)
			return
		}
		data = data[n:]
	}
}

// next processes one character or sequence and returns its length, 0 if incomplete.
func (s *screen) next(data []byte) int {
	switch c := data[0]; {
	case c == 0x1b:
		return s.escape(data)
	case c == '\n':
		s.lineFeed(false)
	case c == '\r':
		s.col, s.full = 0, false
	case c == '\b':
		s.col, s.full = max(s.col-1, 0), false
	case c == '\t':
		s.col = min(s.col/8*8+8, s.width-1)
	case c < ' ' || c == 0x7f:
	default:
		if !utf8.FullRune(data) {
			return 0
		}
		r, size := utf8.DecodeRune(data)
		s.put(r)
		return size
	}
	return 1
}

func (s *screen) put(r rune) {
	s.homed = false
	if s.full {
		s.rows[s.row].more = true
		s.lineFeed(true)
	}
	cells := s.rows[s.row].cells
	for len(cells) <= s.col {
		cells = append(cells, ' ')
	}
	cells[s.col] = r
	s.rows[s.row].cells = cells
	if s.col++; s.col >= s.width {
		s.col, s.full = s.width-1, true
	}
}

func (s *screen) lineFeed(wrapped bool) {
	if wrapped {
		s.col = 0
	}
	s.full = false
	if s.row++; s.row >= len(s.rows) {
		s.rows = append(s.rows, blank)
	}
}

// escape processes a sequence that starts with ESC.
func (s *screen) escape(data []byte) int {
	if len(data) < 2 {
		return 0
	}
	switch data[1] {
	case '[':
		for i := 2; i < len(data); i++ {
			if data[i] >= 0x40 && data[i] <= 0x7e {
				s.control(data[i], string(data[2:i]))
				return i + 1
			}
		}
		return s.unfinished(data)
	case ']', 'P', '_', '^':
		for i := 2; i < len(data); i++ {
			if data[i] == 0x07 {
				s.command(string(data[2:i]))
				return i + 1
			}
			if data[i] == 0x1b && i+1 < len(data) && data[i+1] == '\\' {
				s.command(string(data[2:i]))
				return i + 2
			}
		}
		return s.unfinished(data)
	case '(', ')':
		if len(data) < 3 {
			return 0
		}
		return 3
	}
	return 2
}

// unfinished waits for the end of a sequence of at most 4 KiB.
func (s *screen) unfinished(data []byte) int {
	if len(data) > 4096 {
		return 1
	}
	return 0
}

func (s *screen) command(text string) {
	words := strings.Split(text, ";")
	if len(words) != 4 || words[0] != "777" || words[1] != s.nonce || words[2] == "" {
		return
	}
	status, _ := strconv.Atoi(words[3])
	s.marks = append(s.marks, mark{words[2][0], status, s.row, s.col})
}

func (s *screen) control(final byte, text string) {
	if strings.HasPrefix(text, "?") || strings.HasPrefix(text, ">") {
		return
	}
	var numbers []int
	for word := range strings.SplitSeq(text, ";") {
		n, _ := strconv.Atoi(word)
		numbers = append(numbers, n)
	}
	first := max(numbers[0], 1)
	top := max(len(s.rows)-s.height, 0)
	switch final {
	case 'A':
		s.to(max(s.row-first, top), s.col)
	case 'B':
		s.to(s.row+first, s.col)
	case 'C':
		s.to(s.row, s.col+first)
	case 'D':
		s.to(s.row, s.col-first)
	case 'E':
		s.to(s.row+first, 0)
	case 'F':
		s.to(max(s.row-first, top), 0)
	case 'G':
		s.to(s.row, first-1)
	case 'H', 'f':
		s.to(top+first-1, max(append(numbers, 0)[1], 1)-1)
		s.homed = s.row == top && s.col == 0
	case 'J':
		if numbers[0] == 2 || numbers[0] == 0 && s.homed {
			s.clear(top)
		} else if numbers[0] < 2 {
			s.erase(numbers[0], top)
		}
	case 'K':
		s.eraseLine(numbers[0])
	case 'P':
		if cells := s.rows[s.row].cells; s.col < len(cells) {
			s.rows[s.row].cells = slices.Delete(cells, s.col, min(s.col+first, len(cells)))
		}
	case '@':
		if cells := s.rows[s.row].cells; s.col < len(cells) {
			s.rows[s.row].cells = slices.Insert(cells, s.col, []rune(strings.Repeat(" ", min(first, s.width)))...)
		}
	}
}

func (s *screen) to(row, col int) {
	bottom := max(len(s.rows)-s.height, 0) + s.height - 1
	s.row, s.col, s.full = min(row, bottom), min(max(col, 0), s.width-1), false
	for s.row >= len(s.rows) {
		s.rows = append(s.rows, blank)
	}
}

// clear scrolls the visible rows away instead of erasing them, so that the transcript
// keeps what programs such as top have shown.
func (s *screen) clear(top int) {
	last := len(s.rows) - 1
	for last >= top && len(strings.TrimSpace(string(s.rows[last].cells))) == 0 {
		last--
	}
	s.row += last + 1 - top
	for len(s.rows) < last+1+s.height {
		s.rows = append(s.rows, blank)
	}
}

func (s *screen) erase(how, top int) {
	switch how {
	case 0:
		s.eraseLine(0)
		for i := s.row + 1; i < len(s.rows); i++ {
			s.rows[i] = blank
		}
	case 1:
		s.eraseLine(1)
		for i := top; i < s.row; i++ {
			s.rows[i] = blank
		}
	}
}

func (s *screen) eraseLine(how int) {
	line := &s.rows[s.row]
	switch {
	case how == 0 && s.col < len(line.cells):
		line.cells = line.cells[:s.col]
	case how == 1:
		for i := 0; i <= s.col && i < len(line.cells); i++ {
			line.cells[i] = ' '
		}
	case how == 2:
		line.cells = nil
	}
	if how != 1 {
		line.more = false
	}
}
