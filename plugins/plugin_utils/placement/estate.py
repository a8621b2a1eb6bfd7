# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data centre as a placement problem: nodes with what they can carry, vServers with what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..model.network import Network
from ..model.release import Release
from ..model.vserver import VServer
from .problem import Apart, Item, Problem, Target, Together
from .rules import EstateRules, Host

#: What is counted; ``amounts.shown`` says them in words.
DIMENSIONS = ("memory", "CPUs", "base units")
#: What a vServer that declares no memory is counted with, bytes.
ASSUMED_MEMORY = 1 << 30
#: Part of a node's memory that is left to its global zone.
HEADROOM = 0.10


@dataclass(frozen=True, slots=True)
class Load:
    """What a vServer was measured to use: bytes of memory, CPUs (threads of its node), base units where its node has a rating."""

    memory: float
    cpus: float
    base_units: float | None = None


@dataclass(frozen=True, slots=True)
class Occupant:
    """A vServer and where it lives. ``bound``: why it stays there whatever else moves. ``software``: the release of the node whose software
    it has; None for one that is not installed yet."""

    vserver: VServer
    node: str | None
    load: Load | None = None
    bound: str = ""
    software: Release | None = None


@dataclass(frozen=True, slots=True)
class Affinities:
    apart: tuple[Apart, ...] = ()
    together: tuple[Together, ...] = ()


@dataclass(frozen=True)
class Estate:
    """``domains``: node → failure domains, level → name. An occupant without a node looks for one. ``upgrade``: attaching
    may bring a vServer to its node's later level. ``barred``: vServer → node → why that node is no target for it now."""

    hosts: Sequence[Host]
    occupants: Sequence[Occupant]
    networks: Mapping[str, Network]
    affinities: Affinities = field(default_factory=Affinities)
    domains: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    upgrade: bool = False
    barred: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def problem(self, leaving: Collection[str] = ()) -> Problem:
        """With the nodes ``leaving`` gone, whose vServers look for a home. vServers of nodes that are not known here have no part in it."""
        known = {host.name for host in self.hosts}
        hosts = [host for host in self.hosts if host.name not in leaving]
        there = [occupant for occupant in self.occupants if occupant.node is None or occupant.node in known]
        vservers = {occupant.vserver.name: (occupant.vserver,) for occupant in there}
        software = {one.vserver.name: one.software for one in there if one.software is not None}
        measured = any(occupant.load is not None for occupant in there)
        return Problem(
            DIMENSIONS,
            [self._target(host, measured=measured) for host in hosts],
            self.items(there),
            EstateRules(hosts, vservers, self.networks, software, self.upgrade, self.barred),
            self.affinities.apart,
            self.affinities.together,
        )

    def items(self, occupants: Iterable[Occupant]) -> list[Item]:
        """vServers with what they are counted with."""
        return [self._item(occupant) for occupant in occupants]

    def _target(self, host: Host, *, measured: bool) -> Target:
        room = (int(host.facts.memory * (1 - HEADROOM)), host.facts.cpus - 1, host.base_units or 0)
        bearing = (room[0], host.facts.cpus, room[2]) if measured else None
        return Target(host.name, room, self.domains.get(host.name, {}), bearing)

    def _item(self, occupant: Occupant) -> Item:
        vserver = occupant.vserver
        wanted = vserver.resources
        size = (wanted.memory or ASSUMED_MEMORY, (wanted.dedicated_cpus or (0,))[0], wanted.base_units or 0)
        load = None
        if (used := occupant.load) is not None:
            load = (used.memory, used.cpus, size[2] if used.base_units is None else used.base_units)
        return Item(
            vserver.name, size, load, vserver.category, vserver.priority, occupant.node, occupant.bound or self._held(occupant.node)
        )

    def _held(self, node: str | None) -> str:
        """What is on a blocked node stays there: a quarantine is not emptied by the way."""
        blocked = next((host.blocked for host in self.hosts if host.name == node), "")
        return f"node {node} is blocked: {blocked}" if blocked else ""
