package lesson

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

var (
	plainLanguages  = []string{"", "text", "txt", "plaintext", "plain", "none"}
	outputLanguages = []string{"output", "log", "logs", "json", "console"}
	// programs start the commands of blocks without a label.
	programs = []string{"docker", "docker-compose", "podman", "sudo", "curl", "wget", "mkdir", "cd", "git", "apt", "apt-get", "apk", "yum", "dnf", "brew",
		"npm", "npx", "pip", "pip3", "kubectl", "export", "echo", "ls", "cat", "pwd", "touch", "chmod", "chown", "cp", "mv", "rm", "systemctl", "source"}
)

const fileName = `((?:[\w.@+-]+/)*(?:[\w.+-]*[\w+-]\.[A-Za-z][\w]{0,9}|Dockerfile(?:\.[\w-]+)?|Containerfile|Makefile|Caddyfile|\.env|\.dockerignore|\.gitignore))`

var (
	infoTitle   = regexp.MustCompile(`\b(?:title|filename|file|name)=(?:"([^"]+)"|'([^']+)'|([^\s}]+))`)
	infoColon   = regexp.MustCompile(`^[\w+-]+:([^\s{]+)`)
	onlyName    = regexp.MustCompile(`^` + fileName + `:?$`)
	createsFile = regexp.MustCompile(`(?i)\b(?:creat\w+|sav\w+|writ\w+|put|past\w+|named?|called|add the following|copy the following)\b`)
	markedName  = regexp.MustCompile("[`*]" + fileName + "[`*]")
	nameComment = regexp.MustCompile(`^\s*(?:#|//|--|<!--|/\*)\s*(?:[Ff]ile(?:name)?:\s*)?` + fileName + `\s*(?:-->|\*/)?\s*$`)
	outputLead  = regexp.MustCompile(`(?i)\b(?:outputs?|results?|responses?|prints?|displays?|returns?|shows?|see|get|looks? (?:like|similar)|similar to)\b[^.!?]*(?::|\.\.\.|…)?$`)
)

// lead returns the last sentence above a block, without emphasis. titled means that it
// is a heading or a short line, not prose.
func (w *walker) lead(n ast.Node) (sentence, marked string, titled bool) {
	above := n.PreviousSibling()
	if above == nil || above.Kind() != ast.KindParagraph && above.Kind() != ast.KindTextBlock && above.Kind() != ast.KindHeading {
		return "", "", false
	}
	text := strings.TrimSpace(string(newFlow(w.Source, segments(above), w.base).text))
	marked = text[strings.LastIndexAny(text, "\n")+1:]
	for _, end := range []string{". ", "! ", "? "} {
		if i := strings.LastIndex(marked, end); i >= 0 {
			marked = marked[i+2:]
		}
	}
	sentence = strings.TrimSpace(strings.NewReplacer("*", "", "`", "", "_", "_").Replace(marked))
	return sentence, marked, above.Kind() == ast.KindHeading || len(strings.Fields(text)) <= 2
}

// named returns the name of the file that a block holds, or the empty string.
func (w *walker) named(n ast.Node, b Block, text string) string {
	if found := infoTitle.FindStringSubmatch(b.Info); found != nil {
		return found[1] + found[2] + found[3]
	}
	if found := infoColon.FindStringSubmatch(b.Info); found != nil {
		return found[1]
	}
	shell := slices.Contains(shellLanguages, b.Language()) || slices.Contains(sessionLanguages, b.Language())
	accept := func(name string) string {
		if shell && !strings.HasSuffix(name, ".sh") {
			return ""
		}
		return name
	}
	sentence, marked, titled := w.lead(n)
	if found := onlyName.FindStringSubmatch(sentence); found != nil && titled {
		return accept(found[1])
	}
	if names := markedName.FindAllStringSubmatch(marked, -1); len(names) == 1 && createsFile.MatchString(sentence) && strings.HasSuffix(sentence, ":") {
		return accept(names[0][1])
	}
	first, _, _ := strings.Cut(text, "\n")
	if found := nameComment.FindStringSubmatch(first); found != nil && !shell && b.Language() != "" {
		return found[1]
	}
	return ""
}

// isOutput reports whether a block shows what the commands above it print.
func (w *walker) isOutput(n ast.Node, b Block) bool {
	if b.Language() == "output" {
		return true
	}
	after := len(w.Blocks) > 0 && w.Blocks[len(w.Blocks)-1].Kind == Command
	plain := slices.Contains(plainLanguages, b.Language())
	if !after || !plain && !slices.Contains(outputLanguages, b.Language()) {
		return false
	}
	if above := n.PreviousSibling(); above != nil && isCode(above) {
		return true
	}
	sentence, _, titled := w.lead(n)
	return outputLead.MatchString(sentence) && (titled || strings.HasSuffix(sentence, ":") || strings.HasSuffix(sentence, "...") || strings.HasSuffix(sentence, "…"))
}

// outputStart matches lines that no one types: in the block of a shell, the output of
// the command above starts there.
var outputStart = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`[A-Z][A-Z ]*[A-Z] {2,}[A-Z][A-Z ]*.*`, // a table
	`[0-9a-f]{12}(?:[0-9a-f]{52})?`,
	`[\[{]`, `"[\w./-]+": .*`, `\.\.\.`, // JSON
	`[✔✓⠿] .*`, `<(?:!DOCTYPE|html).*`, `--[\w-]+ .*`,
	`Unable to find image .*`, `[\w.-]+: (?:Pulling|Pull complete|Already exists).*`, `Digest: sha256:.*`, `Status: (?:Downloaded|Image is up).*`,
	`[\w.-]+@[\w.-]+:\S*[#$]`, // a prompt alone
}, "|") + `)$`)

// withOutputs makes what follows the commands of a block their output. ok is false if
// the block starts with an output.
func withOutputs(text []byte, lines []typedLine) (commands []typedLine, ok bool) {
	for i, l := range lines {
		first, _, _ := strings.Cut(l.text, "\n")
		if l.text == "" || !outputStart.MatchString(first) {
			continue
		}
		if i == 0 {
			return nil, false
		}
		lines[i-1].output = span{l.command.start, len(text)}
		return lines[:i], true
	}
	return lines, true
}

// unlabelledCommands returns the commands of a block without a label if each of them
// starts with a well-known program.
func unlabelledCommands(text []byte) (lines []typedLine, ok bool) {
	for _, l := range shellLines(text) {
		command := string(text[l.command.start:l.command.end])
		if _, err := parseShell(maskForShell([]byte(command))); err != nil {
			return nil, false
		}
		words := strings.Fields(command)
		if len(words) > 0 && (!slices.Contains(programs, words[0]) || len(words) > 1 && words[1] == "is") {
			return nil, false
		}
		ok = ok || len(words) > 0
		lines = append(lines, typedLine{shellLine: l, text: command})
	}
	return lines, ok
}
