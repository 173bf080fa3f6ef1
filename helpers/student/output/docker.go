package output

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// tableHeader matches the header of Docker's tables: words in capitals, in columns.
	tableHeader = regexp.MustCompile(`^[A-Z][A-Z/%&]*(?: [A-Z/%&]+)*(?: {2,}[A-Z][A-Z/%&]*(?: [A-Z/%&]+)*)+$`)
	columnGap   = regexp.MustCompile(` {2,}`)
	ipv6Port    = regexp.MustCompile(`, (?:\[::\]|::):\d+(?:-\d+)?->\d+(?:-\d+)?/(?:tcp|udp)`)
	gapLine     = regexp.MustCompile(`^\s*(?:\.{3,}|…|\[\.\.\.\]|\[…\]|[<\[]snip[>\]]|# \.\.\.)\s*$`)
	elision     = regexp.MustCompile(`\.{3,}|…`)
	progress    = regexp.MustCompile(`^(?:` + strings.Join([]string{
		`Unable to find image '.*' locally`,
		`[\w.-]+: Pulling from .*`,
		`[0-9a-f]{12}: (?:Pulling fs layer|Waiting|Downloading|Verifying Checksum|Download complete|Extracting|Pull complete|Already exists).*`,
		`Digest: sha256:[0-9a-f]+.*`,
		`Status: (?:Downloaded newer image|Image is up to date) for .*`,
		`Sending build context to Docker daemon.*`,
		`Step \d+/\d+ : .*`,
		` ?-+> (?:[0-9a-f]{12}|Running in [0-9a-f]{12}|Using cache)`,
		`(?: ---> )?Removed intermediate container [0-9a-f]{12}`,
		`Removing intermediate container [0-9a-f]{12}`,
		`Successfully (?:built [0-9a-f]{12}|tagged .*)`,
		`\[\+\] (?:Building|Running|Pulling) .*`,
		`#\d+ .*`,
		` ?=> .*`,
		`DEPRECATED: The legacy builder is deprecated.*`,
		`\s+(?:Install the buildx component.*|https://docs\.docker\.com/go/buildx/)`,
		`\s+(?:BuildKit is currently disabled; .*|environment-variable\.)`,
	}, "|") + `)$`)
)

// table is a table of Docker's, with the place of each column.
type table struct {
	columns []string
	starts  []int
}

// tables finds the rows of Docker's tables. It returns the cells of each row by its
// line, joined so that widths do not count, and the columns.
func tables(lines []string) (rows map[string]map[string]string) {
	rows = map[string]map[string]string{}
	var current *table
	for _, line := range lines {
		switch {
		case tableHeader.MatchString(line):
			current = newTable(line)
		case line == "" || line == Seam:
			current = nil
		}
		if current != nil {
			rows[line] = current.cells(line)
		}
	}
	return rows
}

func newTable(header string) *table {
	t := &table{columns: columnGap.Split(header, -1)}
	from := 0
	for _, column := range t.columns {
		from += strings.Index(header[from:], column)
		t.starts = append(t.starts, from)
		from += len(column)
	}
	return t
}

// cells splits a row at its gaps, or, if it has empty cells, at the columns of the header.
func (t *table) cells(line string) map[string]string {
	cells, runes := map[string]string{}, []rune(line)
	parts := columnGap.Split(strings.TrimSpace(line), -1)
	for i, column := range t.columns {
		if len(parts) == len(t.columns) {
			cells[column] = parts[i]
			continue
		}
		end := len(runes)
		if i+1 < len(t.starts) {
			end = min(t.starts[i+1], end)
		}
		cells[column] = strings.TrimSpace(string(runes[min(t.starts[i], end):end]))
	}
	return cells
}

// normal returns a line without what depends on the widths of columns and on IPv6. The
// columns of a row are those of the lesson's tables.
func (c *comparer) normal(line string) string {
	cells, isRow := c.rows[line]
	if !isRow {
		return ipv6Port.ReplaceAllString(line, "")
	}
	var parts []string
	for _, column := range c.columns {
		if cell, has := cells[column]; has {
			parts = append(parts, ipv6Port.ReplaceAllString(cell, ""))
		}
	}
	return strings.Join(parts, "\x1f")
}

// useTables notes the tables of both sides, by the lesson's columns.
func (c *comparer) useTables(lesson, printed []string) {
	c.rows = tables(printed)
	for _, cells := range c.rows {
		for column := range cells {
			if !slices.Contains(c.columns, column) {
				c.columns = append(c.columns, column)
			}
		}
	}
	ofLesson := tables(lesson)
	if len(ofLesson) > 0 {
		shown := map[string]bool{}
		for line, cells := range ofLesson {
			c.rows[line] = cells
			for column := range cells {
				shown[column] = true
			}
		}
		c.columns = slices.DeleteFunc(c.columns, func(column string) bool { return !shown[column] })
		for column := range shown {
			if !slices.Contains(c.columns, column) {
				c.columns = append(c.columns, column)
			}
		}
	}
	slices.Sort(c.columns)
}

// cut returns a pattern for a line of the lesson that is cut by "...", or nil.
func (c *comparer) cut(line string) *regexp.Regexp {
	known, seen := c.cuts[line]
	if !seen {
		known = c.compileCut(c.normal(line))
		c.cuts[line] = known
	}
	return known
}

func (c *comparer) compileCut(line string) *regexp.Regexp {
	if !elision.MatchString(line) {
		return nil
	}
	pattern := ""
	for i, part := range elision.Split(line, -1) {
		if i > 0 {
			pattern += ".*"
		}
		for _, t := range c.lexer.tokens(part, c.rules.Project[0]) {
			at := slices.IndexFunc(c.lexer.types, func(known tokenType) bool { return known.kind == t.kind })
			if at < 0 {
				pattern += strings.ReplaceAll(regexp.QuoteMeta(t.text), "\x00project\x00", regexp.QuoteMeta(c.rules.Project[1]))
			} else {
				pattern += "(?:" + c.lexer.types[at].pattern + ")"
			}
		}
	}
	compiled, err := regexp.Compile("^" + pattern + "$")
	if err != nil {
		return nil
	}
	return compiled
}
