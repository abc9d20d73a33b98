# One short command per chore, the same for people and for CI. `make demo` and `make test` do all their own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV ?= .venv
# Each has a broker and a database of its own (about 1 GiB).
TEST_PROCESSES ?= 2
BIN := $(VENV)/bin
PACKAGES := contract plans ingest storage rules quality alerts simulate dashboards gateway api service
STACK := $(PYTHON) deploy/local/stack.py

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types unit stack stack-stop bench fuzz dashboards schemas coverage clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "planwatch needs Python 3.11 or later, this is $$($(PYTHON) --version); try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "no venv module: apt-get install python3-venv"; exit 1; }
	@echo "installing planwatch and its tools into $(VENV) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@mkdir -p .types && ln -sfn .. .types/planwatch
	@touch $@

demo: $(VENV)/.installed  ## the main job on real servers: reports in, warnings out
	@$(BIN)/python deploy/local/demo.py

test: $(VENV)/.installed  ## every test, on real Kafka, TimescaleDB, Alertmanager and Prometheus
	@$(STACK) install
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

check: lint types unit  ## ruff, mypy --strict, unit tests: no servers needed

lint: $(VENV)/.installed
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.installed
	@MYPYPATH=.types $(BIN)/mypy $(PACKAGES:%=-p planwatch.%)
	@cd deploy/local && $(abspath $(BIN))/mypy --strict --explicit-package-bases *.py

unit: $(VENV)/.installed
	@$(BIN)/python -m pytest -q tests/unit

stack: $(VENV)/.installed  ## start the local servers, the three stages, and both ways in (HTTP, HJ 212)
	@$(STACK) start
	@$(BIN)/python deploy/local/stages.py start

stack-stop:  ## stop them
	@if [ -x $(BIN)/python ]; then $(BIN)/python deploy/local/stages.py stop; fi
	@$(STACK) stop

bench: $(VENV)/.installed  ## print the budgets as ratios and write docs/benchmarks.md
	@$(STACK) remove --name bench >/dev/null
	@$(STACK) start --name bench timescaledb kafka alertmanager
	@set -a; eval "$$($(STACK) env --name bench)"; set +a; \
	  $(BIN)/planwatch migrate && $(BIN)/python -m planwatch.service.bench || failed=$$?; \
	  $(STACK) remove --name bench >/dev/null; exit $${failed:-0}

fuzz: $(VENV)/.installed  ## a million wrong messages through decode, 20,000 into a database: none crashes, none is lost
	@$(STACK) remove --name fuzz >/dev/null
	@$(STACK) start --name fuzz timescaledb kafka
	@set -a; eval "$$($(STACK) env --name fuzz)"; set +a; \
	  { $(BIN)/planwatch migrate && $(BIN)/python tests/fuzz/run.py --seconds 900; } || failed=$$?; \
	  $(STACK) remove --name fuzz >/dev/null; exit $${failed:-0}

dashboards: $(VENV)/.installed  ## rebuild deploy/grafana/dashboards/*.json and the metric and view references
	@$(BIN)/python -m planwatch.dashboards.build

schemas: $(VENV)/.installed  ## rebuild the JSON Schemas, the AsyncAPI document and the settings reference
	@$(BIN)/python -m planwatch.contract.schemas docs/schemas
	@$(BIN)/python -m planwatch.service.reference docs/reference/settings.md

coverage: $(VENV)/.installed  ## rebuild docs/coverage.md: every commitment and mechanism of the plans, with its state
	@$(BIN)/python -m planwatch.plans.coverage_page docs/coverage.md

clean:  ## remove what was built (not .stack, which holds servers and their data)
	@rm -rf build dist *.egg-info .types .pytest_cache .mypy_cache .ruff_cache .hypothesis $(VENV)
	@find . -name __pycache__ -not -path './.stack/*' -prune -exec rm -rf {} +
