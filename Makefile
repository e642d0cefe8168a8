# Symbiograph: `make demo` installs and runs the main job, `make test` installs and runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo test lint types check clean

install: $(VENV)/.installed

# uv resolves and links far faster than pip. The CPU build of torch is asked for first (the default Linux build is
# 5 GB); where that index cannot be reached, or a GPU is there, the ordinary build is taken at once.
$(VENV)/.installed: pyproject.toml scripts/install
	PYTHON="$(PYTHON)" VENV="$(VENV)" scripts/install
	touch $@

demo: install
	$(BIN)/symbiograph init --example
	$(BIN)/symbiograph serve

test: install
	scripts/test

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* dist
