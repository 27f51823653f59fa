# Two commands for a stranger: `make run` (the demo store on port 8080) and `make test` (everything).
# Each does all its own set-up; see README.md.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8080
SECONDS ?= 60

.PHONY: run test quick lint types bench accuracy chip fuzz lock clean tools arm64
.DEFAULT_GOAL := run

run: $(VENV)/.installed
	$(BIN)/shelfcast demo --port $(PORT)

test: tools $(VENV)/.tested $(VENV)/.chip lint types
	$(BIN)/python -m pytest

# Everything but the slow lab: what a developer runs between two edits.
quick: $(VENV)/.tested
	$(BIN)/python -m pytest -x -q --ignore=tests/lab

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tested
	$(BIN)/mypy

bench: $(VENV)/.tested
	$(BIN)/python -m tests.bench

# Writes docs/ACCURACY.md: about an hour on two cores; a run that was broken off goes on.
accuracy: $(VENV)/.tested
	$(BIN)/python -m tests.bench accuracy

# Thousands of people through the beams of the emulated chip: some six minutes.
chip: $(VENV)/.tested $(VENV)/.chip
	FIRMWARE_LONG=1 $(BIN)/python -m pytest tests/firmware/test_chip_line.py

# Coverage-guided fuzzing of every codec; SECONDS are shared out among all of them.
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(SECONDS)

# What the tests need from Debian. Installs it where it may; where it may not, it says what is missing.
tools:
	@sh tests/lab/tools.sh

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { sh tests/lab/tools.sh python3-venv && $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

# The emulated chip of the firmware's tests, built from source once: about two minutes. Where that
# cannot be done its tests are skipped and say so; in CI it must be done.
$(VENV)/.chip: $(VENV)/.tested requirements-chip.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; (pathlib.Path(sysconfig.get_paths()["include"]) / "Python.h").read_bytes()' 2>/dev/null || sh tests/lab/tools.sh python3-dev
	@echo "Building the emulated chip"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --require-hashes -r requirements-chip.lock && touch $@ || \
		{ echo "Could not build the emulated chip: the firmware is not tested on it" >&2; test -z "$${CI:-}"; }

# Where there is no wheel of the fuzzer the targets are still run, with blind mutations.
$(VENV)/.fuzz: $(VENV)/.tested requirements-fuzz.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-fuzz.lock && touch $@ || \
		echo "No atheris for this machine: the fuzzing is not guided by coverage" >&2

# Hashes of every file, name of no package host.
lock: $(VENV)/.made
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --custom-compile-command 'make lock' pyproject.toml requirements-build.in -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group test -c requirements.lock pyproject.toml requirements-build.in -o requirements-test.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group chip -c requirements.lock -c requirements-test.lock --custom-compile-command 'make lock' -o requirements-chip.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group fuzz -c requirements.lock -c requirements-test.lock --custom-compile-command 'make lock' -o requirements-fuzz.lock

# Whether a Raspberry Pi finds a wheel of everything, for Debian 12 and 13.
arm64: $(VENV)/.made
	for version in 3.11 3.13; do $(BIN)/python -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --python-version $$version --platform manylinux_2_28_aarch64 --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64 --dest build/arm64 --require-hashes -r requirements.lock || exit 1; done
	@echo "A wheel for arm64 of each of $$(ls build/arm64 | wc -l) files"

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
