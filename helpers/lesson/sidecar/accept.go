package sidecar

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"

	"go.yaml.in/yaml/v4"
)

// Accepted is an output that becomes the correction of a claim.
type Accepted struct {
	Claim string
	Line  int
	Diff  string
}

// Accept takes what a walk printed as the corrections of the claims about outputs that
// differ and have no erratum. data is the claims file. It returns the new file and what
// it took.
func (l *Lesson) Accept(data []byte, of result.Walk) (accepted []byte, taken []Accepted, err error) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil {
		return nil, nil, err
	}
	records := map[int]result.Block{} // by the lines of the block and of its output
	for _, r := range of.Blocks {
		records[r.Line] = r
		if r.OutputLine > 0 {
			records[r.OutputLine] = r
		}
	}
	for _, p := range l.Places {
		if p.Claim == nil || p.Claim.By != claims.ByWalk || p.Claim.Erratum != nil || p.Drift.Kind != lesson.None {
			continue
		}
		for _, b := range l.Blocks {
			r, has := records[b.Line]
			if !has || r.Result != result.Substance || failsOnly(r, b) || p.Location.Start != b.Start {
				continue
			}
			erratum := map[string]string{"actually": "it prints something else", "correction": l.printed(b, r), "source": "typed on " + of.Engine.String()}
			if err := setKey(listOf(document.Content[0], "claims"), p.Claim.ID, "erratum", erratum); err != nil {
				return nil, nil, err
			}
			taken = append(taken, Accepted{p.Claim.ID, b.Line, r.Diff})
		}
	}
	accepted, err = yaml.Dump(&document, yaml.WithIndent(2))
	return accepted, taken, err
}

// printed returns the text of a block with what was printed. It keeps the lesson's
// lines where they are right.
func (l *Lesson) printed(b lesson.Block, r result.Block) string {
	text := b.Content
	if b.Kind == lesson.Output {
		text = merged(b.Content, r.Comparison, r.Transcript)
	} else {
		typed := r.Transcript
		for _, c := range b.Commands {
			for len(typed) > 0 && (typed[0].Aside != "" || c.Text != "" && typed[0].Typed != c.Text) {
				typed = typed[1:]
			}
			if c.Output != "" && len(typed) > 0 {
				text = strings.Replace(text, c.Output, strings.TrimRight(typed[0].Printed, "\n")+"\n", 1)
			}
			if c.Text != "" && len(typed) > 0 {
				typed = typed[1:]
			}
		}
	}
	indent := string(l.Source[l.lineStart(b.Start):b.Start])
	return strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\n"+indent), indent)
}

func (l *Lesson) lineStart(offset int) int {
	return strings.LastIndexByte(string(l.Source[:offset]), '\n') + 1
}

// merged returns an output with the printed lines in place of the wrong ones.
func merged(content string, comparison *result.Comparison, typed []result.Typing) string {
	var lines []string
	for _, row := range comparison.Rows {
		if row.Lesson != nil && (row.Kind != result.Substance || row.Printed == nil) && strings.Contains(content, *row.Lesson) {
			if row.Kind != result.Substance {
				lines = append(lines, *row.Lesson)
			}
		} else if row.Printed != nil && row.Kind == result.Substance {
			lines = append(lines, *row.Printed)
		} else if row.Lesson != nil && !strings.Contains(content, *row.Lesson) {
			lines = nil // rows of JSON are no lines
			break
		}
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n") + "\n"
	}
	var all strings.Builder
	for _, t := range typed {
		if t.Aside == "" {
			all.WriteString(t.Printed)
		}
	}
	return strings.TrimRight(all.String(), "\n") + "\n"
}

// setKey sets a key of the entry of a list that has an id.
func setKey(list *yaml.Node, id, key string, value any) error {
	for _, item := range list.Content {
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value != "id" || item.Content[i+1].Value != id {
				continue
			}
			node := &yaml.Node{}
			if err := node.Encode(value); err != nil {
				return err
			}
			item.HeadComment = ""
			item.Content = append(item.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, node)
			return nil
		}
	}
	return fmt.Errorf("no entry has the id %s", id)
}

// RefreshSums updates the sums of a walk file's steps and outputs to those of the blocks
// that they name.
func (l *Lesson) RefreshSums(data []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil || len(document.Content) == 0 {
		return data, err
	}
	changed := false
	refresh := func(node *yaml.Node, section string) {
		fields := map[string]*yaml.Node{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			fields[node.Content[i].Value] = node.Content[i+1]
		}
		head := ""
		for _, key := range []string{"file", "edit", "command", "block"} {
			if fields[key] != nil {
				head = fields[key].Value
			}
		}
		if fields["sum"] == nil || head == "" {
			return
		}
		at, drift := l.Locate(lesson.Quote{Section: section, Block: head})
		for _, b := range l.Blocks {
			if drift.Kind == lesson.None && b.Start == at.Start && b.Sum() != fields["sum"].Value {
				fields["sum"].Value, changed = b.Sum(), true
			}
		}
	}
	for _, step := range listOf(document.Content[0], "steps").Content {
		section, shown := "", (*yaml.Node)(nil)
		for i := 0; i+1 < len(step.Content); i += 2 {
			switch step.Content[i].Value {
			case "section":
				section = step.Content[i+1].Value
			case "output":
				shown = step.Content[i+1]
			}
		}
		refresh(step, section)
		if shown != nil {
			refresh(shown, section)
		}
	}
	if !changed {
		return data, nil
	}
	return yaml.Dump(&document, yaml.WithIndent(2))
}
