# Two commands: `make grade EX=ex03` and `make test`. Both make .venv first. `make demo` shows what a class looks like.
#
#   FILE=path      another file than your own ex03.py
#   PYTHON=...     the interpreter to make .venv with (3.11 or newer)
#   TORCH_INDEX=https://download.pytorch.org/whl/cpu
#                  where pip would fetch a CUDA build of torch, this gets the CPU build

PYTHON ?= python3
EX ?= ex03
FILE ?=
TORCH_INDEX ?=

BIN := .venv/bin
SIDE_BY_SIDE := -n auto --dist worksteal
INSTALL = PIP_CONSTRAINT=requirements.lock PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: grade demo test test-all check messages benchmark clean

# Grading succeeds when it took place: a low score is no failure of make's.
grade: .venv/core
	@$(BIN)/grade $(EX) $(FILE) || test $$? -eq 1

demo: .venv/core
	@$(BIN)/grade demo

test: .venv/test check
	$(BIN)/pytest -q $(SIDE_BY_SIDE) -m "not slow and not benchmark"
	$(BIN)/grade stubs --check
	$(BIN)/grade verify --quick

test-all: .venv/test check
	$(BIN)/pytest -q $(SIDE_BY_SIDE) -m "not benchmark"
	$(BIN)/grade stubs --check
	$(BIN)/grade verify
	$(BIN)/grade verify --mutants

check: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict grader
	$(BIN)/lint-imports

benchmark: .venv/test
	$(BIN)/pytest -q -m benchmark -s tests/benchmarks

# The engine's words: gather them into the catalogue, and compile it.
messages: .venv/test
	$(BIN)/pybabel -q extract -k mark -k say --no-location --sort-output --no-wrap -o .venv/grade.pot grader
	$(BIN)/pybabel -q update -N --no-wrap --ignore-pot-creation-date -D grade -i .venv/grade.pot -d grader/locale -l zh_CN
	$(BIN)/pybabel -q compile -D grade -d grader/locale

.venv/core: pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what grading needs into .venv (once; torch is large) ..."
	@$(INSTALL) -e ".[teacher]"
	@touch $@

.venv/test: .venv/core
	@echo "Installing what testing needs into .venv (once) ..."
	@$(INSTALL) -e ".[test]"
	@touch $@

clean:
	rm -rf .venv
