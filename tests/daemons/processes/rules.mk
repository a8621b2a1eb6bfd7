# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The daemons as they are built for use, as processes. Needs the environment of `make venv`, or VENV=/another.

PYTHON = $(if $(filter /%,$(VENV)),$(VENV),$(abspath ../../.venv))/bin/python
PROCESSES = cd ../.. && env -u HELIOSTAT_AGENT HELIOSTAT_BUILD=$(abspath $(BUILD))/$(1) $(PYTHON) -m pytest -q -n $(2) tests/daemons/processes
SANITIZED = $(CLANG) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: product processes processes-asan builds builds-all costs
product: ; @$(MAKE) -s -C $(PRODUCT) BUILD=$(abspath $(BUILD))/product

# They mostly wait: more at a time than there are CPUs.
processes: product
	@$(call PROCESSES,product,4)

# Not those that look at the binary itself, or at other programs.
processes-asan:
	@$(MAKE) -s -C $(PRODUCT) BUILD=$(abspath $(BUILD))/product-asan CC='$(SANITIZED)' CFLAGS='-O1 -g -U_FORTIFY_SOURCE'
	@ASAN_OPTIONS=detect_leaks=0 $(call PROCESSES,product-asan,3) -k 'not hardening and not clocks and not real_fencing'

# What a build host may have: another compiler, another library, no archive of libc. Each has to start.
builds: build-clang-libmd
builds-all: builds build-gcc-libmd build-clang-libcrypto build-shared
build-clang-libmd: HOW = CC=$(CLANG) SHA256=libmd
build-gcc-libmd: HOW = CC=gcc SHA256=libmd
build-clang-libcrypto: HOW = CC=$(CLANG) SHA256=libcrypto
build-shared: HOW = CC=$(CURDIR)/processes/gcc-shared

.PHONY: build-clang-libmd build-gcc-libmd build-clang-libcrypto build-shared
build-clang-libmd build-gcc-libmd build-clang-libcrypto build-shared:
	@$(MAKE) -s -C $(PRODUCT) BUILD=$(abspath $(BUILD))/$@ $(HOW)
	@for name in agent monitor heartbeat; do ./run-quietly $(BUILD)/$@/$$name.log $(BUILD)/$@/heliostat-$$name --help; done

costs: product
	@cd ../.. && $(PYTHON) -m tests.daemons.processes.costs $(abspath $(BUILD))/product

CI += builds processes
LONG += builds-all processes-asan costs
