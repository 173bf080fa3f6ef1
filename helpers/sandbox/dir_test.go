package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A directory", func() {
	It("is edited as its evidence says", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		dir := box.Dir(ctx).Write("a b", "it's").Mkdir("sub").Copy(fstest.MapFS{"copied": {Data: []byte("x")}})

		dir.Replace("copied", "new").WorldWritable().Remove("sub")

		Expect(dir.Read("copied")).To(Print("new"))
		Expect(dir.Read("missing")).To(FailWith(probe.ENOENT))
		Expect(dir.State()).To(And(HaveLen(3), HaveKeyWithValue("a b", And(HavePrefix("-rw-rw-rw-"), HaveSuffix(`"it's"`)))))
		Expect(steps()).To(HaveExactElements(
			`printf %s "it's" > '`+filepath.Join(dir.Path, "a b")+"'",
			"mkdir "+dir.Path+"/sub", HavePrefix("API: os.CopyFS"),
			"printf %s new > "+dir.Path+"/copied.new", "mv "+dir.Path+"/copied.new "+dir.Path+"/copied",
			"chmod -R a+rwX "+dir.Path, "rm -d "+dir.Path+"/sub",
			"cat "+dir.Path+"/copied", "cat "+dir.Path+"/missing", HavePrefix("find "+dir.Path),
		))
	})

	It("is read by containers, and measured until it is", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		dir := box.Dir(ctx).Write("a", "one")
		c := box.Start(ctx, dir.File("a").At("/a"))

		Expect(c.Probe(ctx, probe.Read("/a"))).To(Print("one"))
		Expect(c.TimeUntilRead(ctx, "/a", "two", func() { dir.Write("a", "two") })).To(BeNumerically("<", time.Second))
		Expect(dir.TimeUntilRead(ctx, "a", "three", func() { c.Probe(ctx, probe.Write("/a", "three")) })).To(BeNumerically("<", time.Second))
		Expect(steps()[len(steps())-1]).To(Equal(fmt.Sprintf(`until [ "$(cat %s/a)" = three ]; do sleep 0.001; done`, dir.Path)))
	})

	It("is gone when the spec has ended", func() {
		Expect(filepath.Glob(filepath.Join(os.Getenv("HOLDFAST_WORK"), "*", "*dir"))).To(BeEmpty())
	})
})

var _ = Describe("A port of the engine's host", func() {
	It("is asked, and measured until it serves a change", func(ctx SpecContext) {
		text := "one"
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/missing" {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprint(w, text)
		}))
		DeferCleanup(server.Close)
		box := sandbox.New(ctx)
		address, err := url.Parse(server.URL)
		Expect(err).NotTo(HaveOccurred())

		Expect(box.Get(ctx, address.Port(), "/")).To(Equal("one"))
		_, err = box.Get(ctx, address.Port(), "/missing")
		Expect(err).To(MatchError("status 404: one"))
		Expect(box.TimeUntilServed(ctx, address.Port(), "/", "two", func() { text = "one two" })).To(BeNumerically("<", time.Second))
		Expect(steps()).To(ContainElement("curl http://localhost:" + address.Port() + "/missing"))
	})
})

// docker is a CLI that prints its arguments and its input; its first prune is refused.
const docker = `#!/bin/sh
case "$1 $2" in
"version "*) echo 1.45; exit ;;
"volume prune") [ -e "$0.pruned" ] || { touch "$0.pruned"; echo "Error: a prune operation is already running" >&2; exit 1; } ;;
"run --name") exit 125 ;;
esac
echo "$@"; cat
`

var _ = Describe("The docker CLI", Ordered, func() {
	BeforeEach(func() {
		dir := GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(dir, "docker"), []byte(docker), 0o755)).To(Succeed())
		GinkgoT().Setenv("PATH", dir+":"+os.Getenv("PATH"))
	})

	It("is typed as the evidence says", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsCLI(ctx, "1.42")

		Expect(box.Docker(ctx, "volume", "ls", "--filter", "name=a b")).To(Print("volume ls --filter name=a b"))
		Expect(box.DockerRun(ctx, "mine", "image")).To(HaveField("ExitCode", 125))
		Expect(box.DockerPrune(ctx, "y\n", "--all")).To(Print("volume prune --all --filter " + box.Filter() + "\ny"))
		Expect(steps()).To(ContainElements(
			"docker volume ls --filter 'name=a b'",
			"docker run --name mine --network none "+strings.Join(box.LabelFlags(), " ")+" image",
			`printf %s $'y\n' | docker volume prune --all --filter `+box.Filter(),
		))
		api.requests()
	})

	It("has its containers removed", func() {
		Expect(api.requests()).To(ConsistOf("DELETE /containers/mine"))
	})
})
