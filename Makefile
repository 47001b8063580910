# make run    read the sample reports; results and pages to open in out/
# make review the sample reports in an archive, and the review of it in a browser
# make test   ruff, mypy --strict and the tests
# make check  ruff and mypy alone
# make bench  reports per second and core, stage by stage; reports checked per second; then with a model's stand-in on the other end
# make record asks the model that EXTRACTOR_… names, or the stand-in, and keeps the exchanges in cassettes/
# Each target installs what it needs into .venv and is quick when that is there already.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
SAMPLES := $(sort $(wildcard samples/*.txt samples/*.md))

.PHONY: run review test check bench record clean
.DELETE_ON_ERROR:

run: $(VENV)/.core
	@$(BIN)/extractor extract $(SAMPLES) --out out --pages

review: $(VENV)/.review
	@mkdir -p out
	@$(BIN)/extractor run $(SAMPLES) --archive out/samples.sqlite
	@$(BIN)/extractor review --archive out/samples.sqlite

test: check
	@$(BIN)/python -m pytest -q

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(VENV)/.dev
	@$(BIN)/python benchmarks/bench_extract.py $(SAMPLES)
	@$(BIN)/python benchmarks/bench_verification.py
	@$(BIN)/python benchmarks/bench_model.py

record: $(VENV)/.dev
	@$(BIN)/python -m pytest -q tests/llm/test_recorded.py -k test_report --record-mode=rewrite

clean:
	rm -rf $(VENV) out

$(VENV)/.core: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV) …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.review: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), with what the archive and the review need …"
	@$(PIP) --editable '.[archive,documents,export,review]'
	@touch $@ $(VENV)/.core

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), with what the tests need …"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.core

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }
