# `make repro` runs the pipeline, `make test` checks the project; both make .venv first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

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

unit:
	pytest

firmware-test:
	cd firmware && pio test -e host -e stm32f405

format:
	ruff check --fix .
	ruff format .

lock:
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    pyproject.toml -o requirements.lock

params:
	moteflow params

clean:
	rm -rf build data/dataset data/features data/vectors models reports firmware/.pio
