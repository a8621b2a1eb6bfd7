# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a node is emptied: who goes where and why, in which waves, what stays and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..model.dependencies import Dependencies
from ..model.errors import Refused
from .estate import Estate
from .explain import Answer, explain
from .problem import Moves
from .solve import Placement, solve
from .survival import losses
from .waves import Wave, waves


@dataclass(frozen=True, slots=True)
class Evacuation:
    """``answers`` has every vServer of the node, and those that move to make room. ``stays`` are those without a home, with the reason.

    ``peak``: part of the fullest node that is used afterwards. ``unsafe``: nodes whose loss had left nobody homeless, and would now.
    """

    node: str
    waves: tuple[Wave, ...]
    answers: Mapping[str, Answer]
    stays: Mapping[str, str]
    peak: float
    unsafe: tuple[str, ...]


def plan(estate: Estate, node: str, dependencies: Dependencies, moves: Moves, at_once: int) -> Evacuation:
    """Raises Refused for a node that is not known, InvalidDefinition for affinities that contradict each other."""
    host = next((host for host in estate.hosts if host.name == node), None)
    if host is None:
        raise Refused(f"node {node} is not in the repository. Register it with heliostat.vdc.node state=registered.")
    pool = [other for other in estate.hosts if other.compute_pool == host.compute_pool]
    mine = Estate(pool, estate.occupants, estate.networks, estate.affinities, estate.domains)
    held = {occupant.vserver.name: occupant.bound for occupant in mine.occupants if occupant.node == node and occupant.bound}
    free = [occupant for occupant in mine.occupants if occupant.vserver.name not in held]
    problem = Estate(pool, free, mine.networks, mine.affinities, mine.domains).problem(leaving={node})
    placement = solve(problem, moves)
    here = sorted(occupant.vserver.name for occupant in free if occupant.node == node)
    moved = placement.moved(problem)
    answers = explain(problem, placement, sorted({*here, *moved}))
    stays = {name: f"it stays: {why}" for name, why in held.items()}
    for name in placement.unplaced:
        reasons = "; ".join(f"{other} {why}" for other, why in answers[name].rejected.items())
        stays[name] = f"no node of compute pool {host.compute_pool} can carry it: {reasons or 'there is no other node'}"
    before = losses(problem) if problem.targets else {}
    after = losses(_as_placed(mine, placement.homes).problem(leaving={node})) if problem.targets else {}
    unsafe = [name for name, loss in after.items() if loss.homeless and not before[name].homeless]
    order = tuple(waves(problem, placement, dependencies, at_once))
    return Evacuation(node, order, answers, dict(sorted(stays.items())), placement.peak, tuple(unsafe))


def way_home(estate: Estate, homes: Mapping[str, str], dependencies: Dependencies, at_once: int) -> list[Wave]:
    """vServer → node that it returns to, in waves. Whether each fits is for the move itself to say."""
    problem = estate.problem()
    known = {item.name for item in problem.items}
    placed = {item.name: item.home for item in problem.items if item.home} | {name: home for name, home in homes.items() if name in known}
    return waves(problem, Placement(placed, (), 0.0), dependencies, at_once)


def _as_placed(estate: Estate, homes: Mapping[str, str]) -> Estate:
    occupants = [replace(one, node=homes.get(one.vserver.name, one.node)) for one in estate.occupants]
    return replace(estate, occupants=occupants)
