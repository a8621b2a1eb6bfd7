# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers of several nodes as one operation, in the order of their dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import Any

from ..commands import zoneadm
from ..model.command import At, Command, Output
from ..model.dependencies import Dependencies
from ..model.errors import HeliostatError, NodeUnreachable, Refused
from ..model.plan import Plan, not_begun
from . import chain, changing, node_by_node, vserver
from .actual import NodeActual
from .chain import Seen
from .context import NodeContext
from .vserver import Wanted
from .vservers import VServers


@dataclass(frozen=True, slots=True)
class EstateActual:
    """``nodes`` has None for a node that did not answer; ``seen`` the run states of vServers elsewhere that matter."""

    nodes: Mapping[str, NodeActual | None]
    seen: Mapping[str, Seen] = field(default_factory=dict)


@dataclass(slots=True)
class _Decision:
    plans: list[Plan] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    deferred: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Estate:
    """``parts`` is the work on each node ('' is the task's own), ``homes`` where each vServer lives that a dependency leads to.

    ``stopped`` are vServers that a plan shown before this one will have stopped: check mode of a restart. With ``defer`` a vServer
    whose masters are down is installed only, and named in ``deferred``, instead of refused. ``again``: what is stopped is booted
    again after this, so nothing is stopped that could not be. ``followed`` are those that nobody asked for: they are booted or stopped as
    long as one of the others can be.
    """

    parts: Mapping[str, VServers]
    dependencies: Dependencies
    homes: Mapping[str, str] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    defer: bool = False
    again: bool = False
    followed: frozenset[str] = frozenset()

    def look(self, actual: EstateActual | None) -> Mapping[At, Command]:
        probes = node_by_node.look(self.parts, actual.nodes if actual else None)
        if actual is None:
            probes |= {At(node, "zones"): zoneadm.list_zones() for node in self._neighbours()}
        return probes

    def read(self, actual: EstateActual | None, outputs: Mapping[At, Output]) -> EstateActual:
        nodes = node_by_node.read(self.parts, actual.nodes if actual else None, outputs, self.stopped)
        if actual is not None:
            return replace(actual, nodes=nodes)
        return EstateActual(nodes, self._read_seen(nodes, outputs))

    def plan(self, actual: EstateActual) -> Sequence[Plan]:
        return self._decided(actual).plans

    def refusals(self, actual: EstateActual) -> Mapping[str, str]:
        return self._decided(actual).refused

    def deferred(self, actual: EstateActual) -> list[str]:
        """The vServers that were only installed, because their masters are down: in the order in which they may be booted."""
        return list(self.dependencies.boot_order(self._decided(actual).deferred))

    def _decided(self, actual: EstateActual) -> _Decision:
        decision = _Decision()
        for node, part in self.parts.items():
            known = actual.nodes[node]
            for wanted in part.wanted:
                name = wanted.vserver.name
                try:
                    if known is None:
                        raise NodeUnreachable(f"vServer {name}: node {part.context.node} does not answer. Nothing was changed there.")
                    made = self._ordered(wanted, known, part.context, actual, decision)
                except HeliostatError as error:
                    decision.refused[name] = str(error)
                    continue
                decision.plans.append(replace(made, steps=tuple(replace(step, node=node) for step in made.steps)))
        _give_up(decision)
        asked = [plan.object for plan in decision.plans if plan.object not in self.followed]
        leading = {*self.dependencies.all_masters(asked), *self.dependencies.all_slaves(asked)}
        decision.plans = [plan for plan in decision.plans if plan.object in leading]
        if any(plan.after for plan in decision.plans):
            order = TopologicalSorter({plan.object: plan.after for plan in decision.plans})
            place = {name: number for number, name in enumerate(order.static_order())}
            decision.plans.sort(key=lambda plan: place[plan.object])
        return decision

    def _ordered(self, wanted: Wanted, known: NodeActual, context: NodeContext, actual: EstateActual, decision: _Decision) -> Plan:
        made = vserver.plan(wanted, known, context)
        try:
            return replace(made, after=self._after(wanted, known, actual) if made or wanted.state == "absent" else ())
        except Refused:
            if not self.defer or wanted.state != "running":
                raise
        decision.deferred.append(wanted.vserver.name)
        # again: its masters may come up while it is installed
        return replace(vserver.plan(replace(wanted, state="installed"), known, context), again=True)

    def outcomes(self, actual: EstateActual) -> dict[str, Mapping[str, str]]:
        """By vServer, of every property that differs: what a plan made now does about it."""
        found: dict[str, Mapping[str, str]] = {}
        for part, known in self._known(actual):
            for wanted in part.wanted:
                try:
                    found[wanted.vserver.name] = vserver.plan(wanted, known, part.context).outcomes
                except HeliostatError as error:
                    found[wanted.vserver.name] = changing.outcomes_of(error)
        return found

    def describe(self, actual: EstateActual) -> Mapping[str, Any]:
        return {name: found for part, known in self._known(actual) for name, found in part.describe(known).items()}

    def predict(self, actual: EstateActual) -> Mapping[str, Any]:
        refused = self.refusals(actual)
        now = self.describe(actual)
        foreseen = {name: found for part, known in self._known(actual) for name, found in part.predict(known).items()}
        return {name: now[name] if name in refused else found for name, found in foreseen.items()}

    def _known(self, actual: EstateActual) -> list[tuple[VServers, NodeActual]]:
        return [(part, known) for node, part in self.parts.items() if (known := actual.nodes[node]) is not None]

    def _after(self, wanted: Wanted, known: NodeActual, actual: EstateActual) -> tuple[str, ...]:
        """Only what boots or stops has to care for others."""
        zone = known.zones.get(wanted.vserver.name)
        runs = zone is not None and zone.state not in chain.DOWN
        states = {entry.vserver.name: entry.state for part in self.parts.values() for entry in part.wanted}
        name = wanted.vserver.name
        concerned = runs if wanted.state in chain.STOPPING else not runs
        after = chain.waits_for(name, states, self.dependencies, actual.seen) if concerned else ()
        if concerned and wanted.state == "halted" and self.again:
            chain.waits_for(name, dict.fromkeys(states, "running"), self.dependencies, actual.seen)
        if wanted.state == "absent":
            chain.check_unneeded(name, states, self.dependencies, actual.seen, self._forgotten())
            after = tuple(slave for slave in self.dependencies.slaves(name) if slave in states)
        return after

    def _forgotten(self) -> set[str]:
        """Those of which nothing is left."""
        entries = [entry for part in self.parts.values() for entry in part.wanted if entry.state == "absent"]
        return {entry.vserver.name for entry in entries if {dataset.name for dataset in entry.vserver.datasets} <= entry.destroy}

    def _wanted(self) -> set[str]:
        return {entry.vserver.name for part in self.parts.values() for entry in part.wanted}

    def _concerned(self) -> set[str]:
        """The vServers beside the wanted ones whose run states matter: all that their dependencies lead to."""
        wanted = self._wanted()
        return {*self.dependencies.all_masters(wanted), *self.dependencies.all_slaves(wanted)} & set(self.homes)

    def _neighbours(self) -> set[str]:
        return {self.homes[name] for name in self._concerned()} - set(self.parts)

    def _read_seen(self, nodes: Mapping[str, NodeActual | None], outputs: Mapping[At, Output]) -> dict[str, Seen]:
        states: dict[str, dict[str, str] | None] = {}
        for node in self._neighbours():
            output = outputs.get(At(node, "zones"))
            answered = output is not None and output.rc == 0
            states[node] = {zone.name: zone.state for zone in zoneadm.parse_list(output.stdout)} if output and answered else None
        for node, known in nodes.items():
            states[node] = {name: zone.state for name, zone in known.zones.items()} if known else None
        seen = {}
        for name in self._concerned():
            home = self.homes[name]
            found = states.get(home)
            shown = home or self.parts[home].context.node
            seen[name] = Seen(shown, "" if found is None else found.get(name, "absent"))
        return seen


def _give_up(decision: _Decision) -> None:
    """What comes after something refused is not begun, nor what comes after that."""
    while lost := {plan.object: found for plan in decision.plans if (found := sorted(decision.refused.keys() & set(plan.after)))}:
        decision.plans = [plan for plan in decision.plans if plan.object not in lost]
        decision.refused |= {name: not_begun(name, found[0]) for name, found in lost.items()}
