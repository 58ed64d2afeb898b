# make run and make test set everything up by themselves; see README.md.
# ARGS go to the command: make run ARGS=--no-mic, make test ARGS="-k gate -x".
SHELL := /bin/bash
PYTHON := .venv/bin/python
ARGS ?=

.PHONY: help run test check bench bench-nlu bench-hearing bench-speech setup setup-check setup-test train doctor format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: setup ## set up, train, start; prints the addresses of the screens
	@exec .venv/bin/seoula run $(ARGS)

test: setup-test ## set up and run every test: units, real components, faults
	@SEOULA_CHROMIUM="$$(scripts/setup.sh --browser)" $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup-check ## style, types and the screens' own tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict
	@PATH="$(CURDIR)/var/tools/use:$$PATH" npm test --silent

bench: setup-test ## print each budget beside what this machine measures
	@SEOULA_CHROMIUM="$$(scripts/setup.sh --browser)" $(PYTHON) -m tests.bench $(ARGS)

bench-nlu: setup-test ## how well sentences are understood that nobody trained on: right, wrong, asked, none
	@$(PYTHON) -m tests.bench.nlu $(ARGS)

bench-hearing: setup-test ## how well voices are heard: wake word, commands, false wakes; by noise and kind of voice
	@$(PYTHON) -m tests.bench.hearing $(ARGS)

bench-speech: setup-test ## how well recognisers understand each of our voices
	@$(PYTHON) -m tests.bench.intelligibility $(ARGS)

setup: ## only set up
	@scripts/setup.sh run

setup-check setup-test:
	@scripts/setup.sh $(@:setup-%=%)

train: setup ## train again from the content registry
	@.venv/bin/seoula train $(ARGS)

doctor: setup ## one row per component: ok, missing, degraded, and what to do
	@.venv/bin/seoula doctor $(ARGS)

format: setup-check ## put the code into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean: ## remove everything that set-up made; keeps settings, pairings and run records
	rm -rf .venv .venv-rasa node_modules var/setup var/tools var/web var/rasa var/audio
