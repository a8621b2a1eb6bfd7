# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers that come to a node while everything else stays where it is: placed for the first time, moved by hand, or after a loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model.release import Release
from ..model.vserver import VServer
from .estate import Estate, Load, Occupant
from .explain import Answer, explain
from .explain import obstacles as among_others
from .problem import Everywhere
from .rules import against
from .solve import solve


@dataclass(frozen=True, slots=True)
class Arrival:
    """``node``: where it goes (None: that is to be found). ``leaves``: the node that it lives on now; its room there stays its own until it
    has arrived. ``closed``: nodes that it does not go to, with the reason, as the end of the sentence 'node … '."""

    vserver: VServer
    node: str | None = None
    leaves: str | None = None
    closed: Mapping[str, str] = field(default_factory=dict)
    software: Release | None = None
    load: Load | None = None


def homes(estate: Estate, arrivals: Sequence[Arrival]) -> dict[str, Answer]:
    """For each that has no node yet where it goes, or why it stays down, by the search that empties nodes too: what matters most first.

    Raises InvalidDefinition for affinities that contradict each other.
    """
    problem = _during(estate, arrivals).problem()
    found = explain(problem, solve(problem, "none"), [one.vserver.name for one in arrivals if one.node is None])
    silent = {one.vserver.name for one in arrivals if one.vserver.resources.memory is None}
    return {name: _assuming(answer) if name in silent and answer.node else answer for name, answer in found.items()}


def obstacles(estate: Estate, arrivals: Sequence[Arrival], name: str, node: str) -> list[str]:
    """All that keeps one of them from a node, each as the end of the sentence 'node … '. Of its software the move itself says more."""
    problem = _during(estate, [replace(one, leaves=None) if one.vserver.name == name else one for one in arrivals]).problem()
    vserver = next(one.vserver for one in arrivals if one.vserver.name == name)
    host = next(one for one in estate.hosts if one.name == node)
    there = {item.name: item.home for item in problem.items if item.home}
    around = among_others(replace(problem, rules=Everywhere(len(problem.targets))), there, name, node)
    return [*against(vserver, host, estate.networks), *around]


def _during(estate: Estate, arrivals: Sequence[Arrival]) -> Estate:
    coming = {one.vserver.name for one in arrivals}
    staying = [one for one in estate.occupants if one.vserver.name not in coming]
    barred = {**estate.barred, **{one.vserver.name: one.closed for one in arrivals}}
    return replace(estate, occupants=[*staying, *_counted(arrivals)], barred=barred)


def _counted(arrivals: Sequence[Arrival]) -> Iterator[Occupant]:
    for one in arrivals:
        yield Occupant(one.vserver, one.node, one.load, software=one.software)
        if one.leaves is not None and one.leaves != one.node:  # under a name that no affinity knows
            yield Occupant(replace(one.vserver, name=f"{one.vserver.name} before it left"), one.leaves, one.load)


def _assuming(answer: Answer) -> Answer:
    return replace(answer, why=f"{answer.why} (it declares no memory, 1 GiB is assumed)")
