# The commands that people and CI rely on; each is described in docs/index.md.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
# The parts of `make check`, the longest first.
CHECKS := types documents migrations imports words templates format lint layout spelling
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: setup run test test-services check format bench clean $(CHECKS:%=check-%)

# Locked dependencies, assets and words; done again only when a lock file or a catalogue changes.
setup: .venv/.python .venv/.assets .venv/.words

.venv/.python: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[^ ]*' requirements.lock)"
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

.venv/.assets: package-lock.json tools/assets.py | .venv/.python
	npm ci --silent --no-audit --no-fund
	$(BIN)/python tools/assets.py
	touch $@

.venv/.words: $(shell find src -name '*.po') tools/translations.py | .venv/.python
	$(BIN)/python tools/translations.py compile
	touch $@

run: setup
	$(BIN)/beichen up --demo

# TEST_MARKS narrows it: see .ci/run.
TEST_MARKS ?= not services
test: setup
	$(BIN)/pytest -n auto --dist loadgroup -m "$(TEST_MARKS)"

# What meets no engine, and the browser tests, run once, in `make test` (conftest.py chooses).
# ROOMS and MARKS narrow it: see .ci/run.
ROOMS ?=
MARKS ?= not browser
test-services: setup
	SERVICES_FORGETFUL=1 tools/services $(BIN)/pytest -n auto --dist loadgroup -m "$(MARKS)" $(ROOMS)

# Beside each other; all mistakes at once.
check: setup
	$(MAKE) --no-print-directory --output-sync=target --keep-going --jobs="$$(nproc)" $(CHECKS:%=check-%)

check-types:
	$(BIN)/mypy
check-documents:
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --site-dir var/site
check-migrations:
	$(BIN)/beichen manage makemigrations --check --dry-run
check-imports:
	$(BIN)/lint-imports
check-words:
	$(BIN)/python tools/translations.py check
check-templates:
	$(BIN)/djlint --quiet --check src
	$(BIN)/djlint --quiet --lint src
check-format:
	$(BIN)/ruff format --check .
check-lint:
	$(BIN)/ruff check .
check-layout:
	$(BIN)/python tools/layout.py
check-spelling:
	$(BIN)/codespell src docs tests tools README.md CHANGELOG.md

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint --quiet --reformat src

bench: setup
	$(BIN)/python -m bench

clean:
	rm -rf .venv node_modules var src/beichen/web/static/vendor
