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
from .keeping import kept_safe, newly_unsafe
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
    mine = replace(estate, hosts=pool)
    held = {occupant.vserver.name: occupant.bound for occupant in mine.occupants if occupant.node == node and occupant.bound}
    free = [occupant for occupant in mine.occupants if occupant.vserver.name not in held]
    problem = replace(mine, occupants=free).problem(leaving={node})
    before = losses(problem) if problem.targets else {}
    safe = [name for name, loss in before.items() if not loss.homeless]
    chosen = solve(problem, moves)
    placement = kept_safe(problem, chosen, safe)
    here = sorted(occupant.vserver.name for occupant in free if occupant.node == node)
    moved = placement.moved(problem)
    answers = explain(problem, placement, sorted({*here, *moved}))
    for name, home in placement.homes.items():
        if name in answers and home != chosen.homes[name]:
            why = f"{answers[name].why}; chosen by load alone, one more node lost would leave somebody without a home"
            answers[name] = replace(answers[name], why=why)
    stays = dict(held)
    for name in placement.unplaced:
        reasons = "; ".join(f"{other} {why}" for other, why in answers[name].rejected.items())
        stays[name] = f"no node of compute pool {host.compute_pool} can carry it: {reasons or 'there is no other node'}"
    unsafe = newly_unsafe(problem, placement, safe)
    order = tuple(waves(mine.problem(), placement, dependencies, at_once))  # the node itself is in a failure domain too
    return Evacuation(node, order, answers, dict(sorted(stays.items())), placement.peak, unsafe)


def way_home(estate: Estate, homes: Mapping[str, str], dependencies: Dependencies, at_once: int) -> list[Wave]:
    """vServer → node that it returns to, in waves. Whether each fits is for the move itself to say."""
    problem = estate.problem()
    known = {item.name for item in problem.items}
    placed = {item.name: item.home for item in problem.items if item.home} | {name: home for name, home in homes.items() if name in known}
    return waves(problem, Placement(placed, (), 0.0), dependencies, at_once)
