# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The daemons' cores in a simulated data centre (docs/how-a-node-is-judged.md). SEED is the first schedule's.
# simulator makes the program only, for the command that a failure names.

.PHONY: simulation simulation-long simulation-mutants simulator
simulation: ; @$(MAKE) CONFIG=gcc SCHEDULES='-n 200' simulated
simulation-long: ; @$(MAKE) CONFIG=gcc SCHEDULES='-n 10000 -c' simulated
simulation-mutants: ; @$(MAKE) CONFIG=gcc SCHEDULES='-n 12000 -k all' simulated
simulator: ; @$(MAKE) CONFIG=gcc $(BUILD)/gcc/simulate

CI += simulation
LONG += simulation-long simulation-mutants

SIMULATION = $(wildcard simulation/*.c)

$(OUT)/simulate: $(SIMULATION) $(wildcard simulation/*.h) $(LIBRARY) Makefile simulation/rules.mk
	@$(CC) $(FLAGS) -I$(SRC) -o $@ $(SIMULATION) $(call wrapped,$(SIMULATION)) $(LIBRARY) -lcrypto

# Its log is kept: how much was simulated, and what was found.
.PHONY: simulated
simulated: $(OUT)/simulate
	@./run-quietly $(OUT)/simulate$(subst $() ,,$(SCHEDULES)).log $(OUT)/simulate $(SCHEDULES) -s $(SEED)
