package walk

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/lesson"

	"mvdan.cc/sh/v3/syntax"
)

var (
	imageLine = regexp.MustCompile(`(?m)^\s*(?:FROM\s+(?:--\S+\s+)?|-?\s*image:\s*["']?)([a-z0-9][\w./:@-]*)`)
	imageName = regexp.MustCompile(`^[a-z0-9][\w.-]*(?:/[\w.-]+)*(?::[\w.-]+)?$`)
	builtHere = regexp.MustCompile(`(?:\s-t|\s--tag|\bdocker tag \S+)[= ]+(\S+)`)
	// switches are the flags of docker run and create that take no value.
	switches = []string{"-d", "--detach", "-i", "-t", "-it", "-ti", "--rm", "--init", "--privileged", "-P", "--publish-all", "--read-only", "-dit", "-itd", "-di", "-q", "--quiet", "--no-healthcheck", "--interactive", "--tty"}
)

// imagesOf lists the images that a lesson's commands, Dockerfiles and Compose files
// name, except for those that it builds.
func imagesOf(l *lesson.Lesson) (all []string) {
	var built []string
	for _, b := range l.Blocks {
		for _, found := range builtHere.FindAllStringSubmatch(b.Content, -1) {
			built = append(built, withTag(found[1]))
		}
		if b.Kind != lesson.Output && b.Kind != lesson.Command {
			for _, found := range imageLine.FindAllStringSubmatch(b.Content, -1) {
				all = append(all, withTag(found[1]))
			}
		}
		for _, c := range b.Commands {
			if name := imageOf(c.Joined); name != "" {
				all = append(all, withTag(name))
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool {
		return slices.Contains(built, name) || name == "scratch:latest"
	})
}

// withTag adds the tag that Docker assumes.
func withTag(name string) string {
	if strings.Contains(name[strings.LastIndex(name, "/")+1:], ":") {
		return name
	}
	return name + ":latest"
}

// imageOf returns the image of a docker run, create or pull, or the empty string.
func imageOf(command string) string {
	var words []string
	file, err := syntax.NewParser().Parse(strings.NewReader(command), "")
	if err != nil {
		return ""
	}
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && words == nil && len(call.Args) > 2 && call.Args[0].Lit() == "docker" {
			for _, word := range call.Args[1:] {
				var out bytes.Buffer
				_ = syntax.NewPrinter().Print(&out, word)
				words = append(words, strings.Trim(out.String(), `'"`))
			}
		}
		return words == nil
	})
	if len(words) > 1 && slices.Contains([]string{"container", "image"}, words[0]) {
		words = words[1:]
	}
	if len(words) < 2 || !slices.Contains([]string{"run", "create", "pull"}, words[0]) {
		return ""
	}
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case slices.Contains(switches, word), strings.HasPrefix(word, "-") && strings.Contains(word, "="):
		case strings.HasPrefix(word, "-"):
			i++ // its value
		case imageName.MatchString(word):
			return word
		default:
			return ""
		}
	}
	return ""
}
