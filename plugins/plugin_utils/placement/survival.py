# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""N+1: if a node dies now, which of its objects have a home elsewhere, and which do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .board import NOWHERE
from .numbering import Numbering
from .problem import Problem
from .search import Search


@dataclass(frozen=True, slots=True)
class Loss:
    """What the loss of one node means. ``homes``: object → the node that would take it over; ``homeless``, what matters most first."""

    homes: Mapping[str, str]
    homeless: tuple[str, ...]
    peak: float


def losses(problem: Problem, nodes: Collection[str] | None = None) -> dict[str, Loss]:
    """For each node (or for these), everything else staying where it is. Objects without a home now are left out: they have none anyway."""
    numbers = Numbering(problem)
    board = numbers.board()
    found = {}
    for node, name in enumerate(numbers.names):
        if nodes is not None and name not in nodes:
            continue
        lost = sorted(board.on[node])
        allowed = {item: board.allowed[item] for item in lost}
        for item in lost:
            board.take(item)
            board.allowed[item] &= ~(1 << node)
        bulk = {item: max(board.bulk(item, one) for one in board.nodes) for item in lost}
        order = sorted(lost, key=lambda item: (numbers.bundles[item].rank, -bulk[item], item))
        left = Search(board, lost, lost).place(order, chain=1)
        homes = {
            member.name: numbers.names[board.where[item]] for item in lost if item not in left for member in numbers.bundles[item].members
        }
        homeless = tuple(member.name for item in left for member in numbers.bundles[item].members)
        found[name] = Loss(homes, homeless, board.peak())
        for item in lost:
            if board.where[item] != NOWHERE:
                board.take(item)
            board.allowed[item] = allowed[item]
            board.put(item, node)
    return found
