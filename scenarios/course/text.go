// Package course covers what the lesson says about itself, in its front matter and in
// references between its sections. No engine takes part.
package course

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const lessonID = "volumes-and-persistent-data"

// text is the lesson under judgement, or the corrected one.
type text struct{ *lesson.Lesson }

func judged() text {
	GinkgoHelper()
	read, err := library.Judged(lessonID)
	Expect(err).NotTo(HaveOccurred())
	return text{read.Lesson}
}

// corrected returns the lesson with its text corrected.
func corrected(correct func(string) string) text {
	GinkgoHelper()
	parsed, err := lesson.Parse(lessonID, []byte(correct(string(judged().Source))))
	Expect(err).NotTo(HaveOccurred())
	return text{parsed}
}

// field returns a value of the front matter, such as learning_objectives[0].id.
func (t text) field(path string) string {
	GinkgoHelper()
	for _, field := range t.FrontMatter {
		if field.Path == path {
			evidence.Add(evidence.Step{Did: "API: read " + path + " in the front matter", Saw: field.Value})
			return field.Value
		}
	}
	Fail(fmt.Sprintf("the front matter has no %s", path))
	return ""
}

// titles returns the lesson's headings.
func (t text) titles() (all []string) {
	for _, section := range t.Sections {
		all = append(all, section.Title)
	}
	evidence.Add(evidence.Step{Did: "API: read the headings", Saw: strings.Join(all, "\n")})
	return all
}

// section returns the text of a section with its subsections.
func (t text) section(title string) string {
	GinkgoHelper()
	for _, section := range t.Sections {
		if section.Title == title {
			return string(t.Source[section.Start:section.End])
		}
	}
	Fail(fmt.Sprintf("the lesson has no section %q", title))
	return ""
}

// commands returns the commands that the reader types.
func (t text) commands() (all []string) {
	for _, block := range t.Blocks {
		for _, command := range block.Commands {
			all = append(all, command.Joined)
		}
	}
	evidence.Add(evidence.Step{Did: "API: read the commands", Saw: fmt.Sprintf("%d of them", len(all))})
	return all
}

// pattern returns the section of the storage pattern with that number.
func (t text) pattern(number string) string {
	GinkgoHelper()
	heading := regexp.MustCompile(`^Pattern ` + regexp.QuoteMeta(number) + `: `)
	for _, section := range t.Sections {
		if heading.MatchString(section.Title) {
			return t.section(section.Title)
		}
	}
	Fail("the lesson has no pattern " + number)
	return ""
}
