# `make repro` runs the pipeline, `make test` checks the project; both make .venv first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# All C that people wrote; what the generator writes keeps its own line breaks.
C_SOURCES = $(filter-out tests/codegen/golden/%,$(shell git ls-files '*.c' '*.h'))

.PHONY: repro test setup lint unit firmware-test format lock params clean

repro: setup
	dvc repro

test: setup lint unit firmware-test

setup:
	@scripts/setup

lint:
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	clang-format --dry-run --Werror $(C_SOURCES)

unit:
	pytest

firmware-test:
	cd firmware && pio test -e host -e stm32f405

format:
	ruff check --fix .
	ruff format .
	clang-format -i $(C_SOURCES)

lock:
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    pyproject.toml -o requirements.lock

params:
	moteflow params

clean:
	rm -rf build data/dataset data/features data/vectors models reports firmware/.pio
