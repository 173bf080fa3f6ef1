# Colours only on a terminal.
COLOUR := $(if $(MAKE_TERMOUT),,--no-color)
# `make vet` vets the packages; vetting them again before each run would take as long as compiling them.
GINKGO := go run github.com/onsi/ginkgo/v2/ginkgo --vet=off $(COLOUR)
# Two processes per core, because a spec spends half of its time waiting. On more than four cores, Ginkgo's own count.
CORES = $(or $(NUMBER_OF_PROCESSORS),$(shell getconf _NPROCESSORS_ONLN))
PROCS = $(if $(filter 1 2 3 4,$(CORES)),--procs=$(word $(CORES),2 4 6 8),-p)
# Ginkgo's label filter: lesson, contract, quick, an area such as volumes, and their combinations.
FILTER = $(if $(LABELS),--label-filter='$(LABELS)')
VET := go vet ./...
# Compiling dominates the time from a clone to the first verdict. Without inlining (except in Go's runtime) and without debug data
# it takes a third less. Your own GOFLAGS come last and override these. `go tool` ignores them.
export GOFLAGS := "-gcflags=all=-l -dwarf=false" -gcflags=runtime=-dwarf=false -gcflags=internal/...=-dwarf=false -ldflags=-w $(GOFLAGS)

.DEFAULT_GOAL := help
.PHONY: help accept check conformance dist draft lesson matrix units vet walk corrected selftest soak bench speed test clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

conformance: ## judge your engine, or a private one if none answers (Linux, as root); LABELS='contract && quick' selects specs
	$(GINKGO) $(PROCS) $(FILTER) ./suites/conformance

lesson: ## judge the lesson's claims, text and commands; exits 1 if it is wrong; CHECK=text needs no engine; LESSON=path judges yours
	$(if $(filter text,$(CHECK)),go run ./suites/lesson/cmd/lesson text $(LESSON),$(if $(LESSON),go run ./suites/lesson/cmd/lesson judge "$(LESSON)",$(GINKGO) $(PROCS) $(FILTER) ./suites/lesson))

draft: ## write the claims and walk files beside LESSON=x.md, from its text and one walk on a disposable engine
	go run ./suites/lesson/cmd/lesson draft "$(LESSON)"

accept: ## accept what the last walk of LESSON=x.md printed as the corrections
	go run ./suites/lesson/cmd/lesson accept "$(LESSON)"

matrix: ## judge every engine of the lab and merge the results into one page; ENGINES="a b" selects engines
	go run ./suites/matrix $(FILTER)

check: ## check the storage strategy of a Compose project without an engine: FILE=compose.yaml STRATEGY=production
	go run ./helpers/compose/strategy/cmd/check -strategy $(or $(STRATEGY),production) $(FILE)

units: ## run the unit tests
	go test ./fixtures/... ./helpers/... ./reports/... ./scenarios/... ./suites/assembly ./suites/bench ./suites/dist ./suites/lesson/cmd/... ./suites/matrix ./suites/standalone

vet: ## run static analysis for Linux, macOS and Windows
	$(VET) && GOOS=darwin $(VET) && GOOS=windows $(VET) && go run honnef.co/go/tools/cmd/staticcheck -checks inherit,-ST1001 ./... && go run -modfile=.github/actionlint.mod github.com/rhysd/actionlint/cmd/actionlint

dist: ## build one self-contained file for each platform into reports/out/dist; PLATFORMS="linux/amd64 ..." selects some
	GOFLAGS= go run ./suites/dist $(PLATFORMS)

walk: ## only type the lesson's commands on a disposable engine and compare their output; FILE=any.md walks any Markdown file
	$(if $(FILE),go run ./suites/lesson/cmd/lesson walk "$(FILE)",$(GINKGO) --label-filter=walk ./suites/lesson)

corrected: walk ## walk the lesson again with all corrections applied
	HOLDFAST_LESSON=reports/out/lesson.corrected.md $(GINKGO) --label-filter=walk ./suites/lesson

selftest: ## check that broken engines are caught and that a run harms nothing (Linux, as root)
	$(GINKGO) ./suites/selftest

speed: ## measure the speed of each mechanism; HOLDFAST_SPEED is the number of seconds; no verdicts
	$(GINKGO) ./suites/speed

soak: ## run the suite 20 times in random order, in 1, 2, 4 and 8 processes, and count differing verdicts
	$(GINKGO) --timeout=12h --label-filter=soak ./suites/selftest

bench: ## measure the speed of the suite (Linux, as root; 15 minutes)
	go run ./helpers/lab/cmd/lab run --engine docker-trixie -- go run ./suites/bench

test: vet units conformance corrected selftest ## run all of the project's tests

clean: ## remove what dead runs left on the engine, and reports/out
	go run ./helpers/run/cmd/clean
