# Everything that is needed is in .venv and var/; the second run of each target only does what has changed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VAR_DIR ?= var
PYTEST_WORKERS ?= 2
BIN := .venv/bin
READY := .venv/ready
FONTS := $(VAR_DIR)/fonts/ready
CATALOGUES := $(wildcard shared/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
CODE := portal admin shared tests
export VAR_DIR

.PHONY: help code run test lint imports check browser bench clean chromium

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) $(COMPILED) $(FONTS) ## Run portal, back office and worker with demo data
	@exec $(BIN)/flask --app admin run-all

code: $(READY) ## Show the present code of a demo account: make code USER=district
	@$(BIN)/flask --app admin demo-code $(USER)

test: $(READY) $(COMPILED) $(FONTS) chromium ## Run all tests but the benchmarks
	$(BIN)/pytest -q -n $(PYTEST_WORKERS) --ignore=tests/bench tests

lint: $(READY) imports ## Check style, types and imports
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy shared

imports: $(READY)
	$(BIN)/lint-imports --no-cache

check: lint test ## All that must be green before a commit

browser: $(READY) $(COMPILED) $(FONTS) chromium ## Run only the tests in a real browser
	$(BIN)/pytest -q -n $(PYTEST_WORKERS) tests/browser

bench: $(READY) $(COMPILED) $(FONTS) ## Measure against the load goals
	$(BIN)/pytest -q -s tests/bench

clean: ## Delete what can be made again; data in var/ stay
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +
	find shared/translations -name '*.mo' -delete 2>/dev/null || true

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 or newer is needed as $(PYTHON): install it, or name it with make PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (apt-get install python3-venv)."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(COMPILED): %.mo: %.po | $(READY)
	$(BIN)/pybabel -q compile --input-file $< --output-file $@

$(FONTS): requirements.lock | $(READY)
	@echo "Making the fonts for printed papers, once; this takes about a minute."
	@$(BIN)/python -c 'import sys; from pathlib import Path; from shared.adapters.pdf import prepare_fonts; prepare_fonts(Path(sys.argv[1]))' $(VAR_DIR)/fonts
	@touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { echo "The browser tests need Chromium: install it with apt-get install chromium."; exit 1; }
