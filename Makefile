# Everything runs in .venv, made from requirements.lock with hashes checked.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all lint bench lock clean

MISSION := missions/thailand-2023
MADE := var/thailand-2023

# The main job, from nothing: a simulated year, its submissions, its figures and products, every figure verified.
demo: $(VENV)/ready
	$(BIN)/saphan check $(MISSION)
	$(BIN)/saphan simulate $(MISSION)
	$(BIN)/saphan import $(MISSION) $(MADE)/simulated.zip
	$(BIN)/saphan build $(MISSION)
	$(BIN)/saphan verify $(MADE)/products
	$(BIN)/saphan figure why flow.movements/direction=in/2023 --mission $(MISSION)

test: lint
	$(BIN)/python -m pytest -m "not slow" -n 2

test-all: lint
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/ready
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/ready
	$(BIN)/python -m benchmarks

lock: $(VENV)/ready
	$(BIN)/uv pip compile --extra dev --generate-hashes --python-version 3.11 --universal -q -o requirements.lock pyproject.toml

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV) || { echo "Saphan needs Python 3.11 with venv: apt-get install python3.11 python3.11-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
