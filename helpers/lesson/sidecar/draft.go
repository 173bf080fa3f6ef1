package sidecar

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"

	"go.yaml.in/yaml/v4"
)

// entry is a claim or prose as a draft writes it.
type entry struct {
	ID      string `yaml:"id,omitempty"`
	Section string `yaml:"section"`
	Quote   string `yaml:"quote,omitempty"`
	Prefix  string `yaml:"prefix,omitempty"`
	Suffix  string `yaml:"suffix,omitempty"`
	Block   string `yaml:"block,omitempty"`
	Nth     int    `yaml:"nth,omitempty"`
	By      string `yaml:"by,omitempty"`
	Reason  string `yaml:"reason,omitempty"`

	comment string
}

var (
	factual    = regexp.MustCompile("`|\\d|/\\w|\\b(?:port|volume|container|image|file|directory|command|output|default|always|never|only|must|cannot|can't|removes?|deletes?|keeps?|survives?|lost|gone|prints?|shows?|lists?)\\b")
	imperative = regexp.MustCompile(`^(?:[-*>\s]*)(?:\*\*)?(?:Run|Create|Type|Open|Start|Stop|Add|Save|Check|Verify|Let's|Now|Next|First|Then|Finally|Use|Try|See|Make|Write|Edit|Go|Copy|Exit|Remove|Delete|List|Note|Download|Install|Click)\b`)
	notInSlug  = regexp.MustCompile(`[^a-z0-9]+`)
)

// Draft adds to the claims file what it lacks: a claim for each block, decided by the
// walk, and a guess for each sentence. data is the file as it is, empty for none. An
// entry that is there stays as it is. records are those of a walk, to note what differs.
func (l *Lesson) Draft(data []byte, records []result.Block) ([]byte, error) {
	known := map[string]bool{}
	for _, c := range l.Catalogue.Claims() {
		known[c.ID] = true
	}
	for _, file := range l.Catalogue.Files {
		for _, c := range file.Claims {
			known[c.ID] = true
		}
	}
	var newClaims, newProse []entry
	done := map[int]bool{} // blocks
	for _, s := range l.Unclaimed() {
		switch e := l.guess(s, records); {
		case s.Kind == lesson.Heading || s.Kind == lesson.Header || s.Block >= 0 && done[s.Block]:
		case e.By != "":
			e.ID = l.newID(e, known)
			newClaims = append(newClaims, e)
		default:
			newProse = append(newProse, e)
		}
		if s.Block >= 0 {
			done[s.Block] = true
		}
	}
	if len(data) == 0 {
		data = fmt.Appendf(nil, "# What %s claims. `by: todo` is a guess of the draft: let the walk decide it (walk), say that it claims nothing (prose), or give it a `check`.\nlesson: %s\nheadings: definition\nclaims: []\nprose: []\n", filepath.Base(l.File), l.ID)
	}
	return appendEntries(data, map[string][]entry{"claims": newClaims, "prose": newProse})
}

// guess drafts the entry for a statement.
func (l *Lesson) guess(s lesson.Statement, records []result.Block) entry {
	if s.Block >= 0 {
		b := l.Blocks[s.Block]
		e := l.blockEntry(b)
		switch b.Kind {
		case lesson.Command, lesson.Output:
			e.By = claims.ByWalk
			e.comment = differs(b, records)
		default:
			e.Reason = "instruction"
		}
		return e
	}
	q := l.QuoteAt(lesson.Location{Start: s.Start, End: s.End})
	e := entry{Section: q.Section, Quote: q.Exact, Prefix: q.Prefix, Suffix: q.Suffix}
	switch {
	case imperative.MatchString(s.Text), strings.HasSuffix(s.Text, ":"):
		e.Reason = "instruction"
	case factual.MatchString(s.Text):
		e.By = claims.ByTodo
	default:
		e.Reason = "definition"
	}
	return e
}

// blockEntry quotes a whole block by its first line, and by its number if the section
// has several with that line.
func (l *Lesson) blockEntry(b lesson.Block) entry {
	e := entry{Section: b.Section, Block: b.Head()}
	nth, count := 0, 0
	for _, other := range l.Blocks {
		if other.Head() == b.Head() && other.Section == b.Section {
			if count++; other.Ordinal == b.Ordinal {
				nth = count
			}
		}
	}
	if count > 1 {
		e.Nth = nth
	}
	return e
}

// differs describes the difference that a walk found in a block, or its output.
func differs(b lesson.Block, records []result.Block) string {
	for _, r := range records {
		if r.Line != b.Line && r.OutputLine != b.Line {
			continue
		}
		switch {
		case r.Reason != "":
			return "not typed: " + r.Reason
		case r.Result == result.Substance && !failsOnly(r, b):
			return "differs:\n" + r.Diff
		case r.Result == result.Fails && r.Line == b.Line:
			return "fails:\n" + r.Screen()
		}
	}
	return ""
}

// failsOnly reports whether only a failure counts for a block: its output is shown by
// another one.
func failsOnly(r result.Block, b lesson.Block) bool {
	return b.Kind == lesson.Command && r.OutputLine > b.Line+strings.Count(b.Content, "\n")
}

// failed reports whether a line of a block failed.
func failed(r result.Block) bool {
	return slices.ContainsFunc(r.Transcript, func(t result.Typing) bool { return t.Aside == "" && t.Status > 0 })
}

func (l *Lesson) newID(e entry, known map[string]bool) string {
	slug := func(text string, words int) string {
		parts := strings.Split(strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(text), "-"), "-"), "-")
		return strings.Join(parts[:min(words, len(parts))], "-")
	}
	base := strings.TrimLeft(slug(l.ID, 3), "0123456789-")
	if base == "" {
		base = "lesson"
	}
	name := slug(e.Quote+e.Block, 6)
	if name == "" {
		name = "block"
	}
	id := base + "/" + name
	for n := 2; known[id]; n++ {
		id = fmt.Sprintf("%s/%s-%d", base, name, n)
	}
	known[id] = true
	return id
}

// appendEntries adds entries to the lists of a YAML file and keeps the rest of it.
func appendEntries(data []byte, entries map[string][]entry) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		return nil, err
	}
	root := document.Content[0]
	for _, key := range []string{"claims", "prose"} {
		list := listOf(root, key)
		for _, e := range entries[key] {
			node := &yaml.Node{}
			if err := node.Encode(e); err != nil {
				return nil, err
			}
			if e.comment != "" {
				node.HeadComment = "# " + strings.ReplaceAll(strings.TrimRight(e.comment, "\n"), "\n", "\n#   ")
			}
			list.Content = append(list.Content, node)
		}
	}
	return yaml.Dump(&document, yaml.WithIndent(2))
}

// listOf returns the list under a key, and adds it if it is missing.
func listOf(root *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == key {
			list := root.Content[i+1]
			if list.Kind != yaml.SequenceNode {
				*list = yaml.Node{Kind: yaml.SequenceNode}
			}
			list.Style = 0
			return list
		}
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, list)
	return list
}

// DraftWalk writes the walk file: what the walk infers of each block, as comments, and
// the steps that need more than that.
func (l *Lesson) DraftWalk(records []result.Block) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# What a walk through %s needs beyond what it infers. The draft's walk inferred:\n", filepath.Base(l.File))
	for _, r := range records {
		outcome := r.Result
		if r.Reason != "" {
			outcome, _, _ = strings.Cut("not typed: "+r.Reason, "\n")
		} else if r.Kind == "file" {
			outcome = "written to " + r.Place
		}
		fmt.Fprintf(&out, "#   line %d, %s: %s\n", r.Line, r.Head, outcome)
	}
	fmt.Fprintf(&out, "lesson: %s\nauto: true\n", l.ID)
	var skipped []PlanSkip
	for _, step := range l.Plan.Steps {
		if step.Kind() == "command" && step.Skip != "" {
			skipped = append(skipped, PlanSkip{step.Block.Head(), step.Block.Section, step.Skip})
		}
	}
	skipped = slices.Compact(skipped)
	if len(skipped) > 0 {
		data, err := yaml.Marshal(map[string][]PlanSkip{"steps": skipped})
		if err == nil {
			out.Write(data)
		}
	}
	return []byte(out.String())
}

// PlanSkip is a step that is not typed.
type PlanSkip struct {
	Command string `yaml:"command"`
	Section string `yaml:"section"`
	Skip    string `yaml:"skip"`
}
