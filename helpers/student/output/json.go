package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// json compares two JSON texts by key. ok is false unless both are JSON.
func (c *comparer) json(lesson, printed string) (rows []result.Row, ok bool) {
	a, okA := decode(lesson)
	b, okB := decode(printed)
	if !okA || !okB {
		return nil, false
	}
	c.values("", a, b, &rows)
	return rows, true
}

// decode parses an object or an array.
func decode(text string) (value any, ok bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil || decoder.More() {
		return nil, false
	}
	return value, true
}

func (c *comparer) values(path string, a, b any, rows *[]result.Row) {
	switch x := a.(type) {
	case map[string]any:
		if y, same := b.(map[string]any); same && (len(x) > 0 || len(y) == 0) {
			c.objects(path, x, y, rows)
			return
		}
	case []any:
		if y, same := b.([]any); same && len(x) > 0 {
			c.arrays(path, x, y, rows)
			return
		}
	}
	lesson, printed := show(path, a), show(path, b)
	row := result.Row{Lesson: &lesson, Printed: &printed, Kind: result.Same}
	one, isText := a.(string)
	other, isToo := b.(string)
	switch {
	case isText && isToo && c.equal(one, other):
		if note := c.remember(one, other); note != "" {
			row.Kind, row.Note = result.Substance, note
		}
	case !isText && !isToo && encode(a) == encode(b):
	case empty(a) && empty(b):
		row.Kind, row.Note = result.Wording, "also empty"
	default:
		row.Kind, row.Note = result.Substance, "another value"
	}
	*rows = append(*rows, row)
}

func (c *comparer) objects(path string, a, b map[string]any, rows *[]result.Row) {
	if len(a) == 0 && len(b) == 0 && path != "" {
		text := show(path, a)
		*rows = append(*rows, result.Row{Lesson: &text, Printed: &text, Kind: result.Same})
	}
	for _, key := range slices.Sorted(maps.Keys(a)) {
		below := path + "." + key
		if value, has := b[key]; has {
			c.values(below, a[key], value, rows)
			continue
		}
		lesson := show(below, a[key])
		*rows = append(*rows, result.Row{Lesson: &lesson, Kind: result.Substance, Note: "no such key"})
	}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if _, has := a[key]; !has {
			printed := show(path+"."+key, b[key])
			*rows = append(*rows, result.Row{Printed: &printed, Kind: result.Wording, Note: "a key that the lesson does not show"})
		}
	}
}

func (c *comparer) arrays(path string, a, b []any, rows *[]result.Row) {
	for i := range max(len(a), len(b)) {
		below := path + "[" + strconv.Itoa(i) + "]"
		switch {
		case i >= len(b):
			lesson := show(below, a[i])
			*rows = append(*rows, result.Row{Lesson: &lesson, Kind: result.Substance, Note: "not printed"})
		case i >= len(a):
			printed := show(below, b[i])
			*rows = append(*rows, result.Row{Printed: &printed, Kind: result.Substance, Note: "not in the lesson"})
		default:
			c.values(below, a[i], b[i], rows)
		}
	}
}

// empty reports whether a value is null, or an empty string, list or object.
func empty(value any) bool {
	return slices.Contains([]string{"null", `""`, "[]", "{}"}, encode(value))
}

func show(path string, value any) string {
	return fmt.Sprintf("%s: %s", strings.TrimPrefix(path, "."), encode(value))
}

func encode(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(out.String())
}
