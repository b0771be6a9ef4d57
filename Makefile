# `make run` starts the service, `make test` runs every check. Both need Python 3.11 or later with pip, and nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .boot/bin/uv
export UV_LINK_MODE = copy
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Images for containers often forbid to keep what was compiled: each process then compiles all it imports for itself,
# 2 of the 3 seconds of a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run fulltext postgres compiled test lock clean format hostile fuzz chaos soak

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv comes by pip into a folder of its own: that works where `python3 -m venv` is missing and where the
# distribution forbids pip to touch its own packages (PEP 668). `pip --target` needs neither.
$(UV): requirements/boot.lock
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "pip is missing: install your system's python3-pip, then try again" >&2; exit 2; }
	@$(PYTHON) -m pip install --quiet --root-user-action=ignore --upgrade --target .boot --require-hashes --only-binary :all: --requirement requirements/boot.lock
	@touch $(UV)

$(BIN)/python: $(UV)
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	@touch $(BIN)/python

# What was broken off left half a package, and the next time it would be taken for a whole one.
UNFINISHED := $(VENV)/unfinished
install = again=; test ! -e $(UNFINISHED) || again=--reinstall; touch $(UNFINISHED); \
	$(UV) pip install --quiet $$again --python $(BIN)/python --require-hashes --no-build --requirement $(1) && rm $(UNFINISHED)

$(VENV)/run.stamp: requirements/run.lock pyproject.toml $(BIN)/python
	@$(call install,requirements/run.lock)
	@$(PYTHON) tools/link_package.py $(VENV)
	@touch $@

$(VENV)/test.stamp: requirements/test.lock pyproject.toml $(BIN)/python
	@$(call install,requirements/test.lock)
	@$(PYTHON) tools/link_package.py $(VENV)
	@touch $@ $(VENV)/run.stamp

run: $(VENV)/run.stamp ## install what is needed and run the service with config/ until Ctrl-C
	@exec $(BIN)/monitor run

fulltext: $(VENV)/run.stamp ## add the extra that reads the pages behind articles
	@$(call install,requirements/fulltext.lock)

postgres: $(VENV)/run.stamp ## add the extra that keeps the store in a PostgreSQL database
	@$(call install,requirements/scale.lock)

# Beside the environment rather than in it: none of this is needed to run. Into an empty folder, since half a package
# that was left there would be taken for a whole one.
.boot/compile.stamp: requirements/compile.lock $(BIN)/python $(UV)
	@rm -rf .boot/compile
	@$(UV) pip install --quiet --python $(BIN)/python --target .boot/compile --require-hashes --no-build --requirement requirements/compile.lock
	@touch $@

compiled: $(VENV)/run.stamp .boot/compile.stamp ## compile what reads and groups articles: 1.3 to 1.7 times as quick (needs a C compiler)
	@PYTHONPATH=.boot/compile $(BIN)/python -m tools.compile_stages >$(VENV)/compiled.txt 2>&1 || { tail -n 30 $(VENV)/compiled.txt >&2; exit 1; }
	@tail -n 1 $(VENV)/compiled.txt

test: $(VENV)/test.stamp ## every check: format, lint, types, import contracts, tests, docs
	@$(BIN)/ruff format --check --quiet . || { echo "format: run 'make format'" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@# Types are looked at beside the tests, which leave a part of two cores idle; what is found is told at the end.
	@$(BIN)/mypy --no-error-summary >$(VENV)/mypy.txt 2>&1 & types=$$!; \
	trap 'kill $$types 2>/dev/null' INT TERM; \
	$(BIN)/pytest -n 3 --dist worksteal; tests=$$?; \
	wait $$types || { echo "mypy:" >&2; cat $(VENV)/mypy.txt >&2; exit 1; }; \
	exit $$tests

hostile: $(VENV)/test.stamp ## the hostile corpus among 200 good feeds, with the limits of the service
	@$(BIN)/python -m tests.hostile

fuzz: $(VENV)/test.stamp ## ten minutes each of fuzzing what reads documents and what detects
	@$(BIN)/python -m tools.fuzz_parse --seconds 600
	@$(BIN)/python -m tools.fuzz_detect --minutes 10

chaos: $(VENV)/test.stamp ## kill the program 500 times on each store, then spoil what is around it; count what was lost (an hour)
	@$(BIN)/python -m tests.chaos --store sqlite --kills 500
	@$(BIN)/python -m tests.chaos --store postgres --kills 500
	@for fault in network everywhere disk lock clock pause; do $(BIN)/python -m tests.chaos --fault $$fault || exit 1; done
	@for fault in database stop clock pause; do $(BIN)/python -m tests.chaos --store postgres --fault $$fault || exit 1; done
	@for silence in killed paused; do $(BIN)/python -m tests.chaos --silent $$silence || exit 1; done
	@$(BIN)/python -m tests.chaos --rolling .
	@$(BIN)/python -m tests.chaos --flood 100000
	@$(BIN)/python -m tests.chaos --fault lock --hold 15 --rounds 3
	@$(BIN)/python -m tests.chaos --fault pause --hold 60 --rounds 2 --store postgres
	@if [ "$$(id -u)" = 0 ]; then $(BIN)/python -m tests.chaos --fault full; fi

soak: $(VENV)/test.stamp ## half an hour of polling 5,000 feeds on simulated time
	@$(BIN)/python benchmarks/soak.py --minutes 30 --feeds 5000

format: $(VENV)/test.stamp ## put the code into its format
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

lock: $(UV) ## resolve the dependencies anew (universal, hashed)
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade pyproject.toml --output-file requirements/run.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --all-extras --group dev --constraint requirements/run.lock pyproject.toml --output-file requirements/test.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --extra postgres --constraint requirements/run.lock pyproject.toml --output-file requirements/scale.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --extra fulltext --constraint requirements/run.lock --constraint requirements/test.lock pyproject.toml --output-file requirements/fulltext.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade --group compile --constraint requirements/test.lock --output-file requirements/compile.lock

clean: ## remove what make installed
	@rm -rf $(VENV) .boot
