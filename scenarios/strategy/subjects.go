package strategy

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	rules "github.com/holdfast/holdfast/helpers/compose/strategy"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const lessonID = "volumes-and-persistent-data"

// composeFile is the lesson's name for its compose files.
const composeFile = "docker-compose.yaml"

// example returns the compose file that a section of the judged lesson prints.
func example(section string) string {
	GinkgoHelper()
	judged, err := library.Judged(lessonID)
	Expect(err).NotTo(HaveOccurred())
	return printed(judged, section)
}

// original returns the compose file that a section of the suite's own copy of
// the lesson prints, whichever copy is judged.
func original(section string) string {
	GinkgoHelper()
	ours, err := library.Original(lessonID)
	Expect(err).NotTo(HaveOccurred())
	return printed(ours, section)
}

func printed(parsed library.Text, section string) string {
	GinkgoHelper()
	for _, block := range parsed.Blocks {
		if block.Section == section && block.Head() == "services:" {
			return block.Content
		}
	}
	Fail(fmt.Sprintf("the lesson prints no compose file in %q", section))
	return ""
}

// declaring adds the declaration of a volume to an example that has none.
func declaring(text, volume string) string {
	if strings.Contains(text, "\nvolumes:") {
		return text
	}
	return text + "\nvolumes:\n  " + volume + ":\n"
}

// project returns a project of a compose file and further files, given as name
// and content.
func project(composed string, more ...string) fstest.MapFS {
	all := fstest.MapFS{composeFile: {Data: []byte(composed)}}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return all
}

// check checks one compose file of a project against the rules of a kind.
func check(ctx context.Context, kind rules.Kind, source fs.FS, file string) []rules.Finding {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	Expect(os.CopyFS(dir, source)).To(Succeed())
	report, err := rules.Check(ctx, rules.Request{Kind: kind, Files: []string{filepath.Join(dir, file)}})
	Expect(err).NotTo(HaveOccurred())
	found := report.Findings
	saw := "no findings"
	if len(found) > 0 {
		saw = fmt.Sprint(found)
	}
	evidence.Add(evidence.Step{Did: fmt.Sprintf("API: check the %s rules on %s", kind, file), Saw: saw})
	return found
}

// broken lists the rules that a compose file breaks, each once.
func broken(ctx context.Context, kind rules.Kind, composed string) []string {
	GinkgoHelper()
	return rulesOf(check(ctx, kind, project(composed), composeFile))
}

func rulesOf(found []rules.Finding) []string {
	ids := []string{}
	seen := map[string]bool{}
	for _, finding := range found {
		if !seen[finding.Rule] {
			seen[finding.Rule] = true
			ids = append(ids, finding.Rule)
		}
	}
	return ids
}

// inspected returns what `docker inspect` prints of a container.
func inspected(ctx context.Context, box *sandbox.Box, container *sandbox.Container) string {
	GinkgoHelper()
	raw, err := box.Engine().InspectContainerRaw(ctx, container.ID)
	Expect(err).NotTo(HaveOccurred())
	box.Did(evidence.Step{Did: "docker inspect " + container.Name, Saw: fmt.Sprintf("%d bytes", len(raw))})
	return string(raw)
}
