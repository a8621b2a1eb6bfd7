# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a blackout: what is switched on and booted in which order, so that nothing waits for what comes later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model.dependencies import Dependencies
from .problem import CATEGORIES

Rank = tuple[int, int]
_LAST: Rank = (len(CATEGORIES), 0)


@dataclass(frozen=True, slots=True)
class Machine:
    """A node. ``processor``: its service processor, '' where none is declared. ``guest``: it is a guest domain, and ``carrier`` its control
    domain's node where that is known. ``domains``: level → failure domain. ``blocked``: why it is left off (quarantine, maintenance)."""

    name: str
    processor: str = ""
    guest: bool = False
    carrier: str | None = None
    domains: Mapping[str, str] | None = None
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Sleeper:
    """A vServer. ``resting``: why it is not to run. ``autoboot``: its node boots it by itself."""

    name: str
    node: str | None
    category: str = "normal"
    priority: int = 50
    autoboot: bool = False
    resting: str = ""

    @property
    def rank(self) -> Rank:
        """The smaller the more it matters."""
        return CATEGORIES.index(self.category), -self.priority


@dataclass(frozen=True, slots=True)
class Stage:
    """``members`` are begun together when all stages before are up: name → why now. ``kind``: service_processors, nodes or vservers."""

    kind: str
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColdStart:
    """``left_out``: what is not to be started, ``stuck``: what is and cannot be, both name → why. ``doubts`` are for people to see to."""

    stages: tuple[Stage, ...]
    left_out: Mapping[str, str]
    stuck: Mapping[str, str]
    doubts: tuple[str, ...]


def cold_start(
    machines: Iterable[Machine], vservers: Iterable[Sleeper], dependencies: Dependencies, power_limits: Mapping[str, int], at_once: int
) -> ColdStart:
    """``power_limits``: level of failure domains → how many machines of one domain are switched on at once (nodes that do not declare
    the level count as one domain; guest domains need no power of their own). ``at_once``: how many vServers of a node boot together."""
    return _Plan(machines, vservers, dependencies, power_limits, at_once).made()


class _Plan:
    def __init__(
        self, machines: Iterable[Machine], vservers: Iterable[Sleeper], dependencies: Dependencies, limits: Mapping[str, int], at_once: int
    ) -> None:
        self.machines = {machine.name: machine for machine in sorted(machines, key=lambda one: one.name)}
        self.vservers = {vserver.name: vserver for vserver in sorted(vservers, key=lambda one: one.name)}
        self.dependencies = dependencies
        self.limits = limits
        self.at_once = at_once
        self.left_out: dict[str, str] = {}
        self.stuck: dict[str, str] = {}
        self.doubts: list[str] = []

    def made(self) -> ColdStart:
        self._leave_out()
        starting = {name for name in self.vservers if name not in self.left_out and name not in self.stuck}
        ranks = {name: self._needed_by(name, starting) for name in sorted(starting)}
        up = {name: self._importance(name, ranks) for name in self.machines if name not in self.left_out and name not in self.stuck}
        stages = [*self._processors(up), *self._nodes(up), *self._boots(ranks)]
        for name in ranks:
            if self.vservers[name].autoboot:
                masters = [one for one in self.dependencies.masters(name) if self.vservers[one].node != self.vservers[name].node]
                waits = f", without waiting for {', '.join(masters)} on another node" if masters else ""
                self.doubts.append(f"vServer {name} has autoboot: node {self.vservers[name].node} boots it by itself{waits}")
        return ColdStart(tuple(stages), dict(sorted(self.left_out.items())), dict(sorted(self.stuck.items())), tuple(self.doubts))

    # --- what does not start -----------------------------------------------------------------------------------------
    def _leave_out(self) -> None:
        for machine in self.machines.values():
            if machine.blocked:
                self.left_out[machine.name] = f"node in {machine.blocked}"
        for machine in self.machines.values():
            carrier = machine.carrier
            if machine.name not in self.left_out and carrier is not None and (carrier in self.left_out or carrier not in self.machines):
                self.stuck[machine.name] = f"its control domain's node {carrier} is left out: {self.left_out.get(carrier, 'not known')}"
        for name in self.dependencies.boot_order(self.vservers):
            vserver = self.vservers[name]
            if vserver.resting:
                self.left_out[name] = vserver.resting
            elif why := self._why_stuck(vserver):
                self.stuck[name] = why

    def _why_stuck(self, vserver: Sleeper) -> str:
        node = vserver.node
        if node is None or node not in self.machines:
            return f"its node {node} is not known" if node else "it lives on no node that is known"
        if node in self.left_out or node in self.stuck:
            return f"its node {node} does not start: {self.left_out.get(node) or self.stuck[node]}"
        for master in self.dependencies.masters(vserver.name):
            if master not in self.vservers:
                return f"its master {master} is not known"
            if why := self.left_out.get(master) or self.stuck.get(master):
                return f"its master {master} does not start: {why}"
        return ""

    # --- what matters ------------------------------------------------------------------------------------------------
    def _needed_by(self, name: str, starting: set[str]) -> Rank:
        """As what matters most of itself and of all that depend on it."""
        return min(self.vservers[one].rank for one in self.dependencies.all_slaves([name]) if one in starting)

    def _importance(self, machine: str, ranks: Mapping[str, Rank]) -> tuple[Rank, str]:
        """Of what it carries, and its guest domains carry, what matters most; and what that is."""
        here = {machine, *(one.name for one in self.machines.values() if one.carrier == machine)}
        found = sorted((rank, name) for name, rank in ranks.items() if self.vservers[name].node in here)
        return found[0] if found else (_LAST, "")

    # --- in which order ----------------------------------------------------------------------------------------------
    def _processors(self, up: Mapping[str, object]) -> Iterator[Stage]:
        members: dict[str, list[str]] = {}
        for name in up:
            machine = self.machines[name]
            if machine.processor and not machine.guest:
                members.setdefault(machine.processor, []).append(name)
            elif not machine.guest:
                self.doubts.append(f"node {name} has no service processor declared: somebody switches it on by hand")
        if members:
            yield Stage(
                "service_processors",
                {
                    one: f"it answers as soon as its chassis has power, and switches on {', '.join(on)}"
                    for one, on in sorted(members.items())
                },
            )

    def _nodes(self, up: Mapping[str, tuple[Rank, str]]) -> Iterator[Stage]:
        left = sorted(up, key=lambda name: (up[name][0], name))
        started: set[str] = set()
        while left:
            busy: dict[tuple[str, str], int] = {}
            members: dict[str, str] = {}
            for name in left:
                machine = self.machines[name]
                if machine.guest:
                    if not self._carried(machine, started, left):
                        continue
                else:
                    places = [(level, (machine.domains or {}).get(level, "")) for level in self.limits]
                    if any(busy.get(place, 0) >= self.limits[place[0]] for place in places):
                        continue
                    for place in places:
                        busy[place] = busy.get(place, 0) + 1
                members[name] = self._why_now(machine, up[name][1])
            left = [name for name in left if name not in members]
            started |= members.keys()
            yield Stage("nodes", members)

    def _carried(self, guest: Machine, started: set[str], left: Sequence[str]) -> bool:
        """Its control domain is up; where that is not known, all machines are."""
        if guest.carrier is not None:
            return guest.carrier in started
        return all(self.machines[name].guest for name in left)

    def _why_now(self, machine: Machine, most: str) -> str:
        carries = f"carries {most} ({self.vservers[most].category})" if most else "carries nothing that is to run"
        if most and self.vservers[most].node != machine.name:
            carries = f"its guest domain {self.vservers[most].node} {carries}"
        if not machine.guest:
            return carries
        where = (
            f"its control domain {machine.carrier} is up" if machine.carrier else "which control domain carries it is not known: all are up"
        )
        return f"{where}; {carries}"

    def _boots(self, ranks: Mapping[str, Rank]) -> Iterator[Stage]:
        left = sorted(ranks, key=lambda name: (ranks[name], name))
        done: set[str] = set()
        while left:
            busy: dict[str, int] = {}
            members: dict[str, str] = {}
            for name in left:
                vserver = self.vservers[name]
                node, masters = vserver.node or "", self.dependencies.masters(name)
                if not done.issuperset(masters) or busy.get(node, 0) >= self.at_once:
                    continue
                busy[node] = busy.get(node, 0) + 1
                own = f"{vserver.category}, priority {vserver.priority}"
                needed = "" if ranks[name] == vserver.rank else "; what matters more depends on it"
                members[name] = f"on node {node}; {own}{needed}" + (f"; {', '.join(masters)} run by now" if masters else "")
            left = [name for name in left if name not in members]
            done |= members.keys()
            yield Stage("vservers", members)
