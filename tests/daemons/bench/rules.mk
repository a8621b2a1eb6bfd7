# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the monitor's core costs without sockets.

LONG += bench-core

.PHONY: bench-core bench-core-run
bench-core: ; @$(MAKE) CONFIG=gcc bench-core-run
bench-core-run: $(OUT)/bench_monitor_core
	@for nodes in 100 1000 10000; do $(OUT)/bench_monitor_core $$nodes 10; done

$(OUT)/bench_monitor_core: bench/monitor_core.c $(LIBRARY) Makefile
	@$(CC) $(FLAGS) -I$(SRC) -MMD -MP -MF $@.d -o $@ $< $(LIBRARY) -lcrypto

# CPU and memory of the real daemon, with packets over loopback. Fails where a target is missed.
LONG += bench-monitor

.PHONY: bench-monitor bench-monitor-run
bench-monitor: product ; @$(MAKE) CONFIG=gcc bench-monitor-run
bench-monitor-run: $(OUT)/bench_load
	@python3 bench/monitor_load.py $(abspath $(BUILD))/product $(OUT)/bench_load

$(OUT)/bench_load: bench/load.c $(LIBRARY) Makefile
	@$(CC) $(FLAGS) -I$(SRC) -MMD -MP -MF $@.d -o $@ $< $(LIBRARY) -lcrypto
