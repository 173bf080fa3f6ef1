# Colours only where a person watches.
COLOUR := $(if $(MAKE_TERMOUT),,--no-color)
# What is compiled here is vetted by `make vet`, and not each time anew, which takes as long as compiling.
GINKGO := go run github.com/onsi/ginkgo/v2/ginkgo --vet=off $(COLOUR)
# Two processes for each core, as a spec waits half of the time; on more than four cores, Ginkgo's own count.
CORES = $(or $(NUMBER_OF_PROCESSORS),$(shell getconf _NPROCESSORS_ONLN))
PROCS = $(if $(filter 1 2 3 4,$(CORES)),--procs=$(word $(CORES),2 4 6 8),-p)
# Ginkgo's label filter: lesson, contract, quick, an area such as volumes, and their combinations.
FILTER = $(if $(LABELS),--label-filter='$(LABELS)')
VET := go vet ./...
# What takes longest from a clone to the first verdict is compiling: without inlining (but in Go's own runtime) and without what
# only debuggers read it takes two thirds of the time. GOFLAGS of your own come last, and win. `go tool` does not obey them.
export GOFLAGS := "-gcflags=all=-l -dwarf=false" -gcflags=runtime=-dwarf=false -gcflags=internal/...=-dwarf=false -ldflags=-w $(GOFLAGS)

.DEFAULT_GOAL := help
.PHONY: help accept check conformance draft lesson matrix units vet walk corrected selftest soak bench test clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

conformance: ## judge the engine at hand by the lessons and the contract; without one, a private engine (Linux, as root); LABELS='contract && quick' chooses
	$(GINKGO) $(PROCS) $(FILTER) ./suites/conformance

lesson: ## judge the lesson: every claim, its text, its commands typed as a student would; exits 1 while there is something to correct; CHECK=text needs no engine; LESSON=path judges yours by the files beside it
	$(if $(filter text,$(CHECK)),go run ./helpers/lesson/cmd/lesson text $(LESSON),$(if $(LESSON),go run ./helpers/lesson/cmd/lesson judge "$(LESSON)",$(GINKGO) $(PROCS) $(FILTER) ./suites/lesson))

draft: ## write the two files that judge a lesson beside it, LESSON=x.md, from its text and one walk on a disposable engine
	go run ./helpers/lesson/cmd/lesson draft "$(LESSON)"

accept: ## take what the last walk printed as the lesson's corrections, LESSON=x.md
	go run ./helpers/lesson/cmd/lesson accept "$(LESSON)"

matrix: ## conformance on every engine of the lab, merged into one page; ENGINES="a b" chooses
	go run ./suites/matrix $(FILTER)

check: ## judge the storage of a Compose project, without an engine: FILE=compose.yaml STRATEGY=production
	go run ./helpers/compose/strategy/cmd/check -strategy $(or $(STRATEGY),production) $(FILE)

units: ## the helpers' and readers' own tests
	go test ./fixtures/... ./helpers/... ./reports/... ./scenarios/... ./suites/assembly ./suites/bench ./suites/matrix

vet: ## static analysis, also as macOS and Windows would compile it
	$(VET) && GOOS=darwin $(VET) && GOOS=windows $(VET) && go run honnef.co/go/tools/cmd/staticcheck -checks inherit,-ST1001 ./... && go run -modfile=.github/actionlint.mod github.com/rhysd/actionlint/cmd/actionlint

walk: ## only type the lesson's commands as a student would, on a disposable engine (without one: in the lab); FILE=any.md needs no catalogue
	$(if $(FILE),go run ./helpers/lesson/cmd/lesson walk "$(FILE)",$(GINKGO) --label-filter=walk ./suites/lesson)

corrected: walk ## the same with the text that the errata's corrections make
	HOLDFAST_LESSON=reports/out/lesson.corrected.md $(GINKGO) --label-filter=walk ./suites/lesson

selftest: ## prove this suite: it harms nothing of the user's, and notices broken engines (Linux, as root)
	$(GINKGO) ./suites/selftest

soak: ## the whole suite 20 times in random order, in 1, 2, 4 and 8 processes: counts the runs whose verdicts differ
	$(GINKGO) --timeout=12h --label-filter=soak ./suites/selftest

bench: ## how fast the suite is: over the engine's own time, beside a script, from a cold clone (Linux, as root; takes a quarter of an hour)
	go run ./helpers/lab/cmd/lab run --engine docker-trixie -- go run ./suites/bench

test: vet units conformance corrected selftest ## everything this project checks of itself

clean: ## remove what dead runs left on the engine, and reports/out
	go run ./helpers/run/cmd/clean
