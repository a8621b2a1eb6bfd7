# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exact answer by OR-tools' CP-SAT: how many can be placed, of what matters most first, how low the fullest node can then be, and
with how few moves."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Moves, Problem, Target

from .checker import bearing, load, rank, ranks

#: Peaks are whole numbers to the solver: this part of a node.
GRAIN = 10_000
#: Sizes and loads are given to it in hundredths.
CENT = 100


class Exact:
    """``best`` first, then ``fewest`` or ``peak``. Objects that have a home keep one; with moves ``none``, that one."""

    def __init__(self, problem: Problem, moves: Moves, seconds: float) -> None:
        from ortools.sat.python import cp_model

        self.cp = cp_model
        self.problem = problem
        self.seconds = seconds
        self.model = cp_model.CpModel()
        self.on: dict[tuple[str, str], Any] = {}
        self.placed: dict[str, Any] = {}
        for item in problem.items:
            allowed = problem.rules.allowed(item.name)
            for number, target in enumerate(problem.targets):
                stays = target.name == item.home
                may = stays if (moves == "none" or item.bound) and item.home else bool(allowed >> number & 1) or stays
                if may:
                    self.on[item.name, target.name] = self.model.new_bool_var("")
            self.placed[item.name] = sum(self._nodes(item.name).values())
            self.model.add(self.placed[item.name] == 1) if item.home else self.model.add(self.placed[item.name] <= 1)
        self._room()
        self._affinities()

    def _nodes(self, item: str) -> dict[str, Any]:
        return {target.name: self.on[item, target.name] for target in self.problem.targets if (item, target.name) in self.on}

    def _room(self) -> None:
        for target in self.problem.targets:
            for index, capacity in enumerate(target.capacity):
                terms = [round(item.size[index] * CENT) * self.on[item.name, target.name] for item in self._on(target)]
                self.model.add(sum(terms) <= round(capacity * CENT))

    def _on(self, target: Target) -> list[Any]:
        return [item for item in self.problem.items if (item.name, target.name) in self.on]

    def _affinities(self) -> None:
        for rule in self.problem.apart:
            names = [target.name if rule.level == "node" else target.domains[rule.level] for target in self.problem.targets]
            for one, other in combinations(sorted(set(rule.members)), 2):
                for name in sorted(set(names)):
                    inside = [target.name for target, there in zip(self.problem.targets, names, strict=True) if there == name]
                    self.model.add(sum(self.on[who, node] for who in (one, other) for node in inside if (who, node) in self.on) <= 1)
        for group in self.problem.together:
            for one, other in zip(group.members, group.members[1:], strict=False):
                for target in self.problem.targets:
                    self.model.add(self._nodes(one).get(target.name, 0) == self._nodes(other).get(target.name, 0))

    def best(self) -> tuple[int, ...] | None:
        """How many of each rank; None where the time was too short to be sure."""
        found = []
        for one in ranks(self.problem):
            total = sum(self.placed[item.name] for item in self.problem.items if rank(item) == one)
            self.model.maximize(total)
            solver = self._solved()
            if solver is None:
                return None
            found.append(round(solver.objective_value))
            self.model.add(total >= found[-1])
        return tuple(found)

    def fewest(self) -> tuple[int, int] | None:
        """After ``best``, with as many placed: the fewest that left their home that were found, and what none can have less than."""
        self.model.minimize(sum(1 - self.on[item.name, item.home] for item in self.problem.items if item.home))
        solver = self.cp.CpSolver()
        self._limit(solver)
        if solver.solve(self.model) not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None
        return round(solver.objective_value), round(solver.best_objective_bound)

    def peak(self, placed: Collection[str]) -> tuple[float, float] | None:
        """With these placed and no others: the lowest that was found, and what none can be lower than."""
        for name, there in self.placed.items():
            self.model.add(there == int(name in placed))
        highest = self.model.new_int_var(0, 10 * GRAIN, "peak")
        for target in self.problem.targets:
            for index, capacity in enumerate(bearing(target)):
                used = sum(round(load(item)[index] * CENT) * self.on[item.name, target.name] for item in self._on(target))
                self.model.add(used * GRAIN <= highest * round(capacity * CENT))
        self.model.minimize(highest)
        solver = self.cp.CpSolver()
        self._limit(solver)
        if solver.solve(self.model) not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return None
        return solver.objective_value / GRAIN, solver.best_objective_bound / GRAIN

    def _solved(self) -> Any:
        solver = self.cp.CpSolver()
        self._limit(solver)
        return solver if solver.solve(self.model) == self.cp.OPTIMAL else None

    def _limit(self, solver: Any) -> None:
        solver.parameters.max_time_in_seconds = self.seconds
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
