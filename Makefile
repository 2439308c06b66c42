# Every target sets up what it needs. PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
UV := $(BIN)/uv
SYNC := $(UV) sync --quiet --locked --inexact --python $(BIN)/python
# What tests keep lies in memory where there is room: their databases wait for a disk else, which a machine shares.
ROOM := $(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }')" -gt 4000000 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
PROPERTIES = $(shell grep -rlE '^(from hypothesis|from tests.lengths|import hypothesis)' tests/bot tests/handlers)
LABELLED := $(wildcard content/evaluation/*.jsonl tests/data/utterances-unseen.jsonl)
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help setup run test check cover format bench soak load audit faults evaluate looks pictures clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## create the environment in .venv

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "the module venv is missing; install it (Debian: apt install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null || { echo "the environment in $(VENV) has no pip; start anew: make clean setup"; exit 1; }
	@test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv || { echo "uv could not be installed by pip; check the network and try again"; exit 1; }
	@$(SYNC) || { echo "Trying once more, with the certificates of this system …"; $(SYNC) --system-certs; } || { echo "the packages could not be installed (see above); check the network, then: make clean setup"; exit 1; }
	@touch $@

run: $(STAMP) ## chat with the assistant in the browser (or serve your LINE channel)
	@exec $(BIN)/python -m bot serve

test: $(STAMP) ## run all tests
	@$(BIN)/python scripts/ensure_browser.py
	@TMPDIR=$(ROOM) $(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

check: $(STAMP) ## format, lint, types, imports, content, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m bot content check
	@$(MAKE) --no-print-directory test

cover: $(STAMP) ## run all tests and say what they do not reach; takes half as long again
	@$(MAKE) --no-print-directory test PYTEST_ARGS="--cov --cov-report=term:skip-covered"

format: $(STAMP) ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(STAMP) ## measure, as ratios within one run
	@$(BIN)/python -m pytest tests/benchmarks -o python_files='bench_*.py' -q -s

soak: $(STAMP) ## play the properties at length, and let made-up people and strangers do what they like, for 15 minutes
	@SOAK_TIMES=$${SOAK_TIMES:-2} $(BIN)/python -m pytest $(PROPERTIES) -m hypothesis --hypothesis-profile=soak -n 2 -q
	@SOAK_MINUTES=$${SOAK_MINUTES:-8} $(BIN)/python -m pytest tests/fuzz -q -s

load: $(STAMP) ## send webhooks to a real web process and worker for 10 minutes (LOAD_MINUTES), then stop them
	@$(BIN)/python -m pytest tests/soak -o python_files='load_*.py' -q -s

audit: $(STAMP) ## ask pypi.org for known holes in the packages that uv.lock names; needs the network
	@$(UV) export --quiet --locked --no-emit-project --format requirements-txt | $(UV) tool run pip-audit --disable-pip --requirement /dev/stdin

faults: $(STAMP) ## kill and hinder real processes for minutes, then compare LINE's book with ours
	@$(BIN)/python -m pytest tests/faults -m "" --durations=10 $(PYTEST_ARGS)

evaluate: $(STAMP) ## measure how well messages are understood, beside plainer means; writes docs/evaluation.md
	@$(BIN)/python -m bot evaluate $(addprefix --messages ,$(LABELLED)) --page docs/evaluation.md

looks: $(STAMP) ## take what the page looks like as right from now on: renews tests/visual/references
	@$(BIN)/python scripts/ensure_browser.py
	@LOOKS=renew $(BIN)/python -m pytest tests/visual -q
	@git status --short tests/visual/references

pictures: $(STAMP) ## take the pictures of README and staff guide anew
	@$(BIN)/python scripts/ensure_browser.py
	@$(BIN)/python -m scripts.renew_pictures

clean: ## remove the environment
	rm -rf $(VENV)
