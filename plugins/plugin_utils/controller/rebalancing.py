# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A compute pool is rebalanced by what its vServers were measured to use; nothing that others need, or that moved lately, is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ..engine.nodes import Nodes
from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..model.usage.levels import start_of
from ..placement.estate import Load
from ..placement.rebalance import Interval, Policy, Rebalancing, Shift, rebalance
from . import run_state
from .action import HeliostatAction
from .carrying import Carrying
from .estate import estate
from .joined import Joined
from .other_nodes import connect
from .zones_seen import look

if TYPE_CHECKING:
    from ..repository.store import Repository

_HOUR = timedelta(hours=1)
#: An hour counts as measured when half of it was, in milliseconds.
_ENOUGH = 1_800_000


class RebalancingPool:
    """One task's work on the compute pool ``name``."""

    def __init__(self, action: HeliostatAction, repository: Repository, name: str) -> None:
        self._action = action
        self._repository = repository
        self._name = name
        self._nodes = Nodes(partial(connect, action))
        self._carrying = Carrying(action, {"upgrade": "no", "force": False}, repository, self._nodes)
        self._joined = self._carrying.joined

    def run(self) -> tuple[Joined, Rebalancing]:
        """What an earlier run has begun first, then what is to be moved now, one after the other; the first failure ends it."""
        policy = self._policy()
        with self._action.locked([f"compute pool {self._name}"], self._repository, f"rebalancing of compute pool {self._name}") as warnings:
            self._joined.warnings += warnings
            begun = self._begun()
            if begun:
                self._carrying.moves(begun)
                if self._joined.failures or self._action.check:
                    return self._joined, Rebalancing((), "nothing else moves: what an earlier run has begun comes first", {})
            decided = self._decided(policy)
            for batch in _batches(decided.moves):
                self._carrying.moves({shift.vserver: shift.target for shift in batch})
                if self._joined.failures:
                    break
        return self._joined, decided

    def _policy(self) -> Policy:
        known = self._action.inventory.rebalancing
        if not any(node.compute_pool == self._name for node in self._repository.nodes()):
            raise Refused(f"compute pool {self._name} has no node that is registered.")
        if self._name not in known:
            raise Refused(
                f"compute pool {self._name} is not rebalanced: name it in heliostat_rebalance of the inventory when its vServers may be "
                "moved for balance. A move stops a vServer for as long as it takes to come up elsewhere. Nothing was done."
            )
        return known[self._name]

    def _begun(self) -> dict[str, str]:
        """Moves within the pool that have not ended, with where they were going."""
        mine = {node.name for node in self._repository.nodes() if node.compute_pool == self._name and not node.quarantine}
        return {name: move.target for name, move in self._repository.moves().items() if {move.source, move.target} <= mine}

    def _decided(self, policy: Policy) -> Rebalancing:
        nodes = {node.name for node in self._repository.nodes() if node.compute_pool == self._name}
        emptied = sorted(nodes & self._repository.evacuations().keys())
        if emptied:
            return Rebalancing((), f"nothing moves: what left node {', '.join(emptied)} for its maintenance returns first", {})
        silent = look(self._nodes, nodes).silent
        self._joined.warnings += [f"node {name} does not answer: nothing goes there" for name in sorted(silent)]
        closed = dict.fromkeys(silent, "it does not answer")
        whole = estate(self._action, self._repository, closed=closed)
        mine = replace(
            whole,
            hosts=[host for host in whole.hosts if host.name in nodes],
            occupants=[replace(one, load=Load(0, 0, 0)) for one in whole.occupants if one.node in nodes],  # the hours' loads take its place
        )
        names = [one.vserver.name for one in mine.occupants]
        resting = self._resting(names)
        held = self._held(names, resting, policy)
        rated = all(host.base_units for host in mine.hosts)  # else units say nothing of the nodes without
        return rebalance(mine.problem(), self._trace(names, resting, policy.hold, rated), held, policy)

    def _resting(self, names: Sequence[str]) -> set[str]:
        """Who does not run, as the journal has it: it uses nothing."""
        halted = run_state.stopped(self._repository, names)
        records = self._repository.vservers(names=names)
        return {record.name for record in records if not run_state.ran("", record.state, record.name in halted)}

    def _held(self, names: Sequence[str], resting: set[str], policy: Policy) -> dict[str, str]:
        """Who must not move now: to move one that others need would stop these too."""
        dependencies = Dependencies(self._repository.dependencies())
        held = {name: f"it moved at {when:%Y-%m-%d %H:%M} UTC" for name, when in self._moved(policy).items()}
        for name in names:
            if slaves := [one for one in dependencies.slaves(name) if one not in resting]:
                held[name] = f"{', '.join(slaves)} would be stopped while it moves"
        return held | dict.fromkeys(self._repository.moves(), "it is on its way")

    def _moved(self, policy: Policy) -> dict[str, datetime]:
        return self._repository.moved_since(datetime.now(UTC) - policy.cooldown * _HOUR)

    def _trace(self, names: Sequence[str], resting: set[str], hours: int, rated: bool) -> list[Interval]:
        """The last whole hours, the youngest last. Who was not measured for half of one is missing there."""
        end = start_of("hours", self._repository.usage.latest())
        starts = [end - number * _HOUR for number in range(hours, 0, -1)]
        series = self._repository.usage.series("hours", starts[0], end, names, "vserver")
        used: dict[str, dict[str, dict[datetime, float]]] = {
            name: {metric: {one.start: one.average for one in found if one.covered >= _ENOUGH} for metric, found in metrics.items()}
            for (_kind, name), metrics in series.items()
        }
        trace: list[Interval] = []
        for start in starts:
            loads: dict[str, tuple[float, ...]] = {}
            for name in names:
                metrics = {metric: found.get(start) for metric, found in used.get(name, {}).items()}
                memory, cpu = metrics.get("memory"), metrics.get("cpu")
                if name in resting:
                    loads[name] = (0.0, 0.0, 0.0)
                elif memory is not None and cpu is not None:
                    loads[name] = (memory, cpu, (metrics.get("base_units") or 0.0) if rated else 0.0)
            trace.append(loads)
        return trace


def _batches(moves: Sequence[Shift]) -> Iterator[list[Shift]]:
    """One move at a time; those that belong together at once."""
    batch: list[Shift] = []
    for move in moves:
        if batch and (move.source, move.target, move.before) != (batch[0].source, batch[0].target, batch[0].before):
            yield batch
            batch = []
        batch.append(move)
    if batch:
        yield batch
