package student

import (
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	for _, each := range []struct{ name, written, want string }{
		{"lines", "a\r\nb\r\n", "a\nb\n"},
		{"a carriage return overwrites", "50%\r100%\r\n", "100%\n"},
		{"backspace", "ab\bc\r\n", "ac\n"},
		{"colours", "\x1b[1;32mok\x1b[0m\r\n", "ok\n"},
		{"bracketed paste", "\x1b[?2004hx\x1b[?2004l\r\n", "x\n"},
		{"a title", "\x1b]0;title\x07x\r\n", "x\n"},
		{"up and over", "one\r\ntwo\r\n\x1b[2A\x1b[2Kuno\r\n\x1b[2Kdos\r\n", "uno\ndos\n"},
		{"up only as far as the screen", "a\r\nb\r\nc\r\nd\r\ne\r\n\x1b[9Ax", "a\nb\nx\nd\ne\n"},
		{"erase to the end of the line", "hello\x1b[3D\x1b[K\r\n", "he\n"},
		{"erase below", "a\r\nb\r\nc\x1b[2A\r\x1b[J", "\n\n"},
		{"delete and insert", "abcd\x1b[3D\x1b[P\x1b[@x\r\n", "axcd\n"},
		{"a line that is wrapped is one", strings.Repeat("x", 25) + "\r\ny\r\n", strings.Repeat("x", 25) + "\ny\n"},
		{"one that fills the row is not", strings.Repeat("x", 20) + "\r\ny\r\n", strings.Repeat("x", 20) + "\ny\n"},
		{"characters in pieces", "✔ \xe2\x9c", "✔"},
		{"a cleared screen is kept", "one\r\ntwo\r\n\x1b[H\x1b[2J\x1b[3Jthree\r\n", "one\ntwo\nthree\n"},
		{"a screen erased from the top is kept", "one\r\n\x1b[H\x1b[Jtwo\r\n", "one\ntwo\n"},
		{"frames", "\x1b[2J\x1b[Ha\r\nb\x1b[2J\x1b[Hc\r\nd\x1b[2J\x1b[He\r\nf", "a\nb\nc\nd\ne\nf"},
		{"a tab", "a\tb", "a       b"},
	} {
		for _, piece := range []int{1, 3, 1000} {
			s := newScreen(20, 4, "nonce")
			for text := each.written; text != ""; {
				n := min(piece, len(text))
				s.write([]byte(text[:n]))
				text = text[n:]
			}
			got := s.text(0, 0, len(s.rows)-1, s.width)
			if strings.Contains(each.written, "[H") {
				got = s.tail(100)
			}
			if got != each.want && got+"\n" != each.want {
				t.Errorf("%s, in pieces of %d: %q, want %q", each.name, piece, got, each.want)
			}
		}
	}
}

func TestMarksNeedTheNonce(t *testing.T) {
	s := newScreen(20, 4, "nonce")
	s.write([]byte("x\x1b]777;other;b;0\x07y\x1b]777;nonce;b;7\x07"))
	if len(s.marks) != 1 || s.marks[0] != (mark{'b', 7, 0, 2}) {
		t.Errorf("%+v", s.marks)
	}
}

func FuzzScreen(f *testing.F) {
	f.Add([]byte("a\x1b[2Jb\x1b[5;5Hc\r\n\x1b[99B\x1b[99P"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		s := newScreen(20, 4, "nonce")
		s.write(data)
		_ = s.text(0, 0, len(s.rows)-1, s.width)
		_, _ = s.upToCursor(), s.tail(10)
	})
}
