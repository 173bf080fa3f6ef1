package ephemeral

import (
	"os/exec"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const python = "python:3.12-slim"

// The line of the log, at any time. The lesson's print adds an empty line, because
// the line that it reads from the file ends with one.
const (
	line    = `Container started: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\n`
	printed = `^` + line + `\n$`
	logged  = `^` + line + `$`
)

// demo is the lesson's demonstration, with the sandbox's names instead of the lesson's.
type demo struct {
	box              *sandbox.Box
	image, container string
}

func demonstration(ctx SpecContext) *demo {
	GinkgoHelper()
	box := sandbox.New(ctx)
	images.Need(ctx, box, python)
	return &demo{box, box.Name("image"), box.Name("container")}
}

// build types `docker build -t IMAGE .` for the lesson's two files.
func (d *demo) build(ctx SpecContext) sandbox.Answer {
	GinkgoHelper()
	project := d.box.LocalDir(ctx).Copy(projects.Folder("ephemeral"))
	return d.box.Docker(ctx, slices.Concat([]string{"build"}, d.box.LabelFlags(), []string{"-t", d.image, project.Path})...)
}

// run types `docker run --name CONTAINER IMAGE`.
func (d *demo) run(ctx SpecContext) sandbox.Answer {
	GinkgoHelper()
	return d.box.DockerRun(ctx, d.container, d.image)
}

// ran returns the demonstration after its container has run and ended.
func ran(ctx SpecContext) *demo {
	GinkgoHelper()
	d := demonstration(ctx)
	Expect(d.build(ctx)).To(ExitZero())
	Expect(d.run(ctx)).To(ExitZero())
	return d
}

// cat types `docker exec CONTAINER cat /app/data/log.txt`.
func (d *demo) cat(ctx SpecContext) sandbox.Answer {
	GinkgoHelper()
	return d.box.Docker(ctx, "exec", d.container, "cat", "/app/data/log.txt")
}

// log reads the container's log file with `docker cp`.
func (d *demo) log(ctx SpecContext) string {
	GinkgoHelper()
	return d.box.Container(d.container, d.container).Files(ctx, "/app/data/log.txt")["log.txt"]
}

// typed types the corrected command, `docker cp CONTAINER:FILE - | tar ...`.
func (d *demo) typed(ctx SpecContext, line string) string {
	GinkgoHelper()
	copied, extract, _ := strings.Cut(strings.ReplaceAll(line, "my-container", d.container), " | ")
	docker, tar := strings.Fields(copied), strings.Fields(extract)
	Expect([]string{docker[0], tar[0]}).To(Equal([]string{"docker", "tar"}), "in %q", line)
	if _, err := exec.LookPath("tar"); err != nil {
		Skip("the corrected command pipes to tar, which is not in PATH on this machine")
	}
	Expect(d.box.Engine().Settle(ctx, d.container)).To(Succeed())
	archive := d.box.Docker(ctx, docker[1:]...)
	Expect(archive).To(ExitZero())
	command := exec.CommandContext(ctx, tar[0], tar[1:]...)
	command.Stdin = strings.NewReader(archive.Stdout)
	printed, err := command.Output()
	Expect(err).NotTo(HaveOccurred(), "%s", extract)
	d.box.Did(evidence.Step{Did: archive.Command + " | " + extract, Saw: string(printed)})
	return string(printed)
}

var _ = Describe("The lesson's demonstration", Label("ephemeral", "python"), func() {
	It("builds, runs and prints what it wrote", claims.Decides(
		"ephemeral/app", "ephemeral/dockerfile", "ephemeral/build", "ephemeral/run", "ephemeral/prints-when-it-started",
	), func(ctx SpecContext) {
		d := demonstration(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(d.build(ctx)).To(ExitZero())
			answer := d.run(ctx)
			g.Expect(answer).To(ExitZero())
			g.Expect(answer.Stdout).To(MatchRegexp(printed))
			g.Expect(answer.Stdout).To(Equal(d.log(ctx) + "\n"))
		})
	})

	It("lets docker exec print the log file", claims.Decides("ephemeral/exec-command", "ephemeral/exec-prints-the-line"), func(ctx SpecContext) {
		d := ran(ctx)

		claims.Holds(ctx, func(g Gomega) { g.Expect(d.cat(ctx).Stdout).To(MatchRegexp(logged)) })
	})

	It("keeps the log file in the ended container, where docker cp finds it", claims.Corrects("ephemeral/exec-command"), func(ctx SpecContext) {
		d := ran(ctx)

		Expect(d.cat(ctx).Stderr).To(sayNotRunning())
		claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(d.typed(ctx, text)).To(MatchRegexp(logged)) })
	})

	It("has no log file in a container of the same name after docker rm", claims.Decides(
		"ephemeral/run-again", "ephemeral/prints-file-not-found", "ephemeral/exec-again", "ephemeral/file-not-found-in-new-container",
	), func(ctx SpecContext) {
		d := ran(ctx)
		Expect(d.box.Docker(ctx, "rm", d.container)).To(Print(d.container))

		claims.Get(ctx, "ephemeral/run-again").Holds(func(g Gomega) { g.Expect(d.run(ctx)).To(ExitZero()) })
		claims.Get(ctx, "ephemeral/prints-file-not-found").Holds(func(g Gomega) {
			g.Expect(d.cat(ctx).ExitCode).NotTo(BeZero(), "a shell echoes only after a failure")
		})
		claims.Get(ctx, "ephemeral/exec-again").Holds(func(g Gomega) {
			g.Expect(d.cat(ctx).Stderr).NotTo(sayNotRunning(), "exec must get as far as looking for the file")
		})
		claims.Get(ctx, "ephemeral/file-not-found-in-new-container").Holds(func(g Gomega) {
			g.Expect(d.cat(ctx).Stderr).To(ContainSubstring("cat: /app/data/log.txt: No such file or directory"))
		})
	})

	It("starts a new log after docker rm, and appends to it after docker start", claims.Corrects(
		"ephemeral/exec-again", "ephemeral/file-not-found-in-new-container",
	), func(ctx SpecContext) {
		d := ran(ctx)
		first := d.log(ctx)
		Expect(d.box.Docker(ctx, "rm", d.container)).To(ExitZero())
		Expect(d.run(ctx)).To(ExitZero())

		claims.Corrected(ctx, func(g Gomega, text string) {
			printed := d.typed(ctx, text)
			g.Expect(printed).To(And(MatchRegexp(logged), Not(Equal(first))))
			g.Expect(claims.Get(ctx, "ephemeral/file-not-found-in-new-container").Correction() + "\n").To(MatchRegexp(logged))
		})
		Expect(d.box.Docker(ctx, "start", "--attach", d.container)).To(ExitZero())
		Expect(d.log(ctx)).To(MatchRegexp(`^(` + line + `){2}$`))
	})
})
