# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Settings: VENV (the virtual environment, .venv), PYTHON (the interpreter it is made from), WORKERS (parallel tests, 2),
# TESTS (what `make test` runs, everything), COUNT and SEED (of `make histories`: how many, 1000, and from which seed, by chance).

VENV ?= .venv
WORKERS ?= 2
TESTS ?=
COUNT ?= 1000
SEED ?=
PY = $(VENV)/bin/python
# The lab's nodes and the controller's own repository live in .lab and .demo; nothing of the user's own Ansible settings is touched.
RUN = PATH="$(abspath $(VENV))/bin:$$PATH" ANSIBLE_CONFIG=ansible.cfg ANSIBLE_COLLECTIONS_PATH="$(abspath $(VENV))/collections"

.DEFAULT_GOAL := help
.PHONY: help venv demo demo-down lab lab-status lab-down test campaign test-daemons test-daemons-long test-engines test-roles lint docs bench bench-ha histories
.PHONY: controller lint-style lint-types lint-imports lint-yaml lint-shell lint-roles lint-docs lint-changelog

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

venv: ## Make the development environment (.venv)
	@requirements/install "$(VENV)" development

controller:
	@requirements/install "$(VENV)" controller

demo: controller lab ## Bring up a data centre on the lab and show it; again: nothing changes
	@$(RUN) ansible-playbook heliostat.vdc.site -i inventories/lab

demo-down: lab-down ## Stop the demo's data centre and forget what it did
	@rm -rf .demo .lab

lab: controller ## Start the simulated data centre alone
	@$(RUN) $(PY) -m tests.lab start

lab-status: controller ## Show the simulated machines and the lab's alarms
	@$(RUN) $(PY) -m tests.lab status

lab-down: ## Stop the simulated data centre
	@if [ -x "$(PY)" ]; then $(RUN) $(PY) -m tests.lab stop; fi

test: venv ## Run every test that needs no root
	@$(RUN) $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 20 $(TESTS)

campaign: venv ## Run all cases of the tests of which 'make test' runs a slice (an hour)
	@HELIOSTAT_CAMPAIGN=whole $(RUN) $(PY) -m pytest -n $(WORKERS) --dist loadfile -m campaign tests/integration

test-daemons: ## Test the heartbeat's daemons (requirements/debian-daemons.txt)
	@$(MAKE) -C tests/daemons --jobs $(WORKERS) --output-sync --no-print-directory ci

test-daemons-long: ## The same for longer, and what takes longer (an hour and more)
	@$(MAKE) -C tests/daemons --jobs $(WORKERS) --output-sync --no-print-directory long

test-engines: venv ## Run the tests against real programs (root; installs Debian packages)
	@tests/engines/packages
	@$(RUN) $(PY) -m pytest tests/engines

lint: lint-style lint-types lint-imports lint-yaml lint-shell lint-roles lint-docs lint-changelog ## Check style, types, imports, YAML, roles, documentation

lint-style: venv
	@$(RUN) ruff check .

lint-types: venv
	@$(RUN) mypy

lint-imports: venv
	@$(RUN) lint-imports --no-logo --cache-dir .import_linter_cache

lint-yaml: venv
	@$(RUN) yamllint --strict .

lint-shell: venv
	@$(RUN) shellcheck .ci/run .ci/sanity requirements/install tests/engines/packages docs/build.sh \
		roles/heartbeat/files/flags.sh tests/daemons/run-quietly tests/daemons/solaris/check tests/daemons/processes/gcc-shared

lint-roles: venv
	@$(RUN) ansible-lint

lint-docs: venv
	@$(RUN) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .

lint-changelog: venv
	@$(RUN) antsibull-changelog lint

docs: venv ## Build the reference documentation into docs/build
	@$(RUN) docs/build.sh

test-roles: venv lab ## Run every role on the lab and look at what it made (molecule)
	@$(RUN) molecule test --all

histories: venv ## Random legal histories against the lab, COUNT of them from SEED
	@$(RUN) $(PY) -m tests.histories --count $(COUNT) $(if $(SEED),--seed $(SEED))

bench: venv ## Measure: round trips, wall time, memory; prints a table
	@$(RUN) $(PY) -m tests.benchmarks

bench-ha: venv ## Measure the heartbeat beside Corosync, Heartbeat 3 and keepalived, into its page (root; two hours)
	@$(RUN) $(PY) -m tests.benchmarks.ha --write
