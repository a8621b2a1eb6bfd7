# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The daemons' cores in a simulated data centre (docs/how-a-node-is-judged.md). SEED is the first schedule's.

.PHONY: simulation simulation-long simulator
simulation: ; @$(MAKE) CONFIG=gcc SCHEDULES=200 simulated
simulation-long: ; @$(MAKE) CONFIG=gcc SCHEDULES=10000 simulated
simulator: ; @$(MAKE) CONFIG=gcc $(OUT)/simulate

CI += simulation
LONG += simulation-long

SIMULATION = $(wildcard simulation/*.c)

$(OUT)/simulate: $(SIMULATION) $(wildcard simulation/*.h) $(LIBRARY) Makefile
	@$(CC) $(FLAGS) -I$(SRC) -o $@ $(SIMULATION) $(LIBRARY) -lcrypto

.PHONY: simulated
simulated: $(OUT)/simulate
	@./run-quietly $(OUT)/simulate.log $(OUT)/simulate -n $(SCHEDULES) -s $(SEED)
