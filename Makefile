# Everything a newcomer needs. Each target does its own set-up; a second run is quick.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test dev half-year crash lint clean lock demo-mail bench screenshots

RUN := .venv/bin
WORKERS ?= 2

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: .venv/.runtime ## one round of a district's mail, read and consolidated in the folder demo/
	@$(RUN)/tonghop --home demo demo

dev: .venv/.dev ## everything a developer needs
	@scripts/setup.sh system

# The processes that tests start read the program compiled, not its source each time anew.
test: export PYTHONDONTWRITEBYTECODE =
test: dev ## all tests, and at least 90 % of the pure modules covered
	@rm -f .coverage .coverage.*
	$(RUN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report= </dev/null
	$(RUN)/python -m coverage report --skip-covered --fail-under=90

half-year: dev ## slow: half a year of mail to 60 units of every temper, the department killed 50 times
	@CRASH_MONTHS=1,2,3,4,5,6 CRASH_UNITS=60 CRASH_KILLS=50 $(RUN)/python -m pytest -q -s tests/test_crash.py </dev/null

crash: dev ## slow: killed 200 times between mailbox and sent mail, and every call of the disk made to fail
	@CRASH_KILLS=200 CRASH_MONTHS=1,2 $(RUN)/python -m pytest -q -s tests/test_crash.py tests/test_faults_disk.py </dev/null

lint: .venv/.dev ## style, format, types
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/mypy tools

clean: ## away with everything that was made here, .venv and demo/ too
	rm -rf .venv demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# About half an hour. make bench BENCH="--mails 400 --rounds 3 --small 2000" is quicker.
bench: .venv/.dev ## speed and memory beside an afternoon's script and the least work possible
	$(RUN)/python -m tools.bench $(BENCH)

demo-mail: .venv/.dev ## build the demo mailbox again (templates/demo)
	$(RUN)/python -m tools.build_demo_mail

screenshots: dev ## take the pictures of the README again (docs/*.png), of the demo mailbox
	$(RUN)/python -m tools.take_screenshots

# Needs pip-compile of pip-tools, which is no part of the project: make lock LOCKER=path/to/pip-compile
LOCKER ?= pip-compile
LOCK := CUSTOM_COMPILE_COMMAND="make lock" $(LOCKER) --quiet --generate-hashes --allow-unsafe \
  --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
lock: ## resolve the dependencies of pyproject.toml again
	$(LOCK) -o requirements/build.txt requirements/build.in
	$(LOCK) -o requirements/runtime.txt pyproject.toml
	$(LOCK) --extra dev -c requirements/runtime.txt -o requirements/dev.txt pyproject.toml requirements/build.in

.venv/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh runtime
	@touch $@

.venv/.dev: requirements/dev.txt requirements/build.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh dev
	@touch .venv/.runtime $@
