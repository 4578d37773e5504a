# The verbs of scrum-bot; `make` lists them. They need Python 3.11 or later with its venv. Everything else goes into
# .venv, which is made at the first use and brought up to date when the requirements change.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check bench

PYTHON ?= python3

# Another environment that happens to be active has no say here.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

help:
	@echo 'make run    the bot with a local Slack, a local GitHub and sample data: http://127.0.0.1:3000'
	@echo 'make test   every test'
	@echo 'make check  style, types, directions of imports'
	@echo 'make bench  the measurements, each beside its reference'

# `exec`: Ctrl-C reaches the bot directly, which stops in order, and make has nothing to complain about.
run: .venv/ready
	@exec .venv/bin/python -m bot sandbox

test: .venv/ready-dev
	@exec .venv/bin/python -m pytest --numprocesses 3 --dist loadfile

check: .venv/ready-dev
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy
	@.venv/bin/python -m pytest -q tests/test_layout.py

bench: .venv/ready-dev
	@exec .venv/bin/python -m bench

# An upgrade of the system's Python leaves an environment that does not start or has no packages: it is made anew.
ifneq ($(shell .venv/bin/python -c 'import pip' 2>/dev/null && echo works),works)
.PHONY: .venv/ready .venv/ready-dev
endif

.venv/ready: requirements.txt
	$(call install,$<)
	@touch $@

# It holds what requirements.txt holds as well.
.venv/ready-dev: requirements-dev.txt
	$(call install,$<)
	@touch .venv/ready $@

# Whatever the umask, the packages are readable: run by root, PostgreSQL's programs start as another account.
define install
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'Python 3.11 or later is needed, and $(PYTHON) is not: on Debian, apt-get install python3-venv, or name' \
	'another with make PYTHON=python3.12 …' >&2; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo 'This Python comes without venv: on Debian, apt-get install python3-venv' >&2; exit 1; }
@.venv/bin/python -m pip --version >/dev/null 2>&1 || \
	{ echo 'Making the environment in .venv (once)…'; umask 022; $(PYTHON) -m venv --clear .venv; }
@umask 022; printf 'Installing the packages of %s (about half a minute)' $(1); \
	.venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes -r $(1) \
	| awk '/^(Collecting|Installing)/ { printf "."; fflush() } END { print "" }'
endef
