# The one menu. Every target sets itself up first: a bare clone, make and Python >= 3.11 are enough.
#   make test PYTHON=python3.12      which Python makes .venv
#   make test ARGS="-k isolation"    further arguments for pytest; "-n 0" for one process only
.DEFAULT_GOAL := menu
.PHONY: menu demo test lint fix docs bench check soak clean setup
export PYTHON

# Leaked files, sockets and processes show only in development mode. Its checks of memory, which
# take a fifth of the time, are for C code. Bytecode is kept even where the machine's settings forbid
# it: the command starts hundreds of times, and would compile all of itself each time.
PYTEST = PYTHONDEVMODE=1 PYTHONMALLOC=pymalloc PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest
# Two for each processor: many a test waits for a server or a clock, and leaves its processor idle.
WORKERS = $$(.venv/bin/python -c 'import os; print((os.cpu_count() or 2) * 2)')

menu: ## print this menu
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: setup ## rehearse the incidents of examples/ on their faulty and fixed versions
	.venv/bin/twiceshy demo

test: setup ## unit, integration and acceptance tests
	$(PYTEST) -n $(WORKERS) --dist worksteal $(ARGS)

lint: setup ## style, types and layers; changes nothing
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

fix: setup ## let the formatter and the linter mend what they can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: setup ## write the parts of the documentation that the code knows best
	.venv/bin/python docs/render.py
	.venv/bin/python docs/rehearse.py
	.venv/bin/python docs/screenshots.py

bench: setup ## measure the budgets, write docs/benchmarks.md
	.venv/bin/python bench $(ARGS)

check: lint test demo ## what CI runs

soak: setup ## long matrices, for minutes to hours; results go into docs
	$(PYTEST) -m soak --timeout=0 $(ARGS)

clean: ## remove .venv and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

setup:
	@.ci/setup
