// Package course is about what the lesson says of itself: its front matter, and
// what it takes for granted that the reader has from it. The text alone decides that.
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

// text is the lesson under judgement, or what comes of correcting it.
type text struct{ *lesson.Lesson }

func judged() text {
	GinkgoHelper()
	read, err := library.Judged(lessonID)
	Expect(err).NotTo(HaveOccurred())
	return text{read.Lesson}
}

// mended is the judged lesson with its text corrected.
func mended(correct func(string) string) text {
	GinkgoHelper()
	corrected, err := lesson.Parse(lessonID, []byte(correct(string(judged().Source))))
	Expect(err).NotTo(HaveOccurred())
	return text{corrected}
}

// field is a value of the front matter, such as learning_objectives[0].id.
func (t text) field(path string) string {
	GinkgoHelper()
	for _, field := range t.FrontMatter {
		if field.Path == path {
			evidence.Add(evidence.Step{Did: "read " + path + " in the front matter", Saw: field.Value})
			return field.Value
		}
	}
	Fail(fmt.Sprintf("the front matter has no %s", path))
	return ""
}

// titles are the lesson's headings.
func (t text) titles() (all []string) {
	for _, section := range t.Sections {
		all = append(all, section.Title)
	}
	evidence.Add(evidence.Step{Did: "read the headings", Saw: strings.Join(all, "\n")})
	return all
}

// section is all that stands under a heading, with what is below it.
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

// commands are what the lesson has its reader type.
func (t text) commands() (all []string) {
	for _, block := range t.Blocks {
		for _, command := range block.Commands {
			all = append(all, command.Joined)
		}
	}
	evidence.Add(evidence.Step{Did: "read the commands", Saw: fmt.Sprintf("%d of them", len(all))})
	return all
}

// pattern is the section of the storage pattern of that number.
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
