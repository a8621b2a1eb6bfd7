# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fullest node is made less full, and what moved for nothing goes home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from .board import NOWHERE, SLACK, UNLIMITED, Board, bits
from .ejection import Ejection
from .repack import Repack
from .search import WORTH, Search

#: It ends when the fullest node is this near to the least that it could be: each further step would move much for little.
NEAR = 1.008
#: How many attempts to get below a peak, each half way to the least that it may be, and how many sets of objects each looks at.
ATTEMPTS, PATIENCE = 7, 20_000
#: Sets of nodes whose common load is worked out.
REGIONS = 64
#: Up to how many nodes are packed anew as a whole, and how many steps each attempt has for it.
FEW, STEPS = 6, 30_000
#: By what the fullest node is to be less full when it is packed anew with others: much is tried first.
FALLS = (0.9, 0.97, 0.99)
#: With how many others that is, and how many steps each such set has; all together have ALTOGETHER.
GROUPS, ALTOGETHER = ((2, 1500), (3, 5000)), 60_000
#: How often others are mixed anew where no such set helps, in small estates.
SHAKES = 10
#: Newcomers times nodes up to which they are spread below the fullest node.
SPREAD = 50_000


def balance(board: Board, movable: Collection[int]) -> float:
    """Lowers the peak by moving ``movable`` ones. Returns how full a node may then be and is still near enough to the least."""
    movable = frozenset(movable)
    low = least_peak(board, movable)
    search = Search(board, movable, ())
    search.lower_peak(low * NEAR)
    _few_by_few(board, movable, low * NEAR)
    for _attempt in range(ATTEMPTS):
        if (peak := board.peak()) <= low * NEAR + WORTH:
            break
        aim = (peak + low) / 2
        before = list(board.where)
        if _below(board, movable, aim):
            search.lower_peak(low * NEAR)
        else:
            board.restore(before)
            low = aim
    _few_by_few(board, movable, least_peak(board, movable) * NEAR)
    return max(board.peak(), least_peak(board, movable) * NEAR)


def spread(board: Board, newcomers: Collection[int]) -> None:
    """Where several nodes leave the fullest one as full as it is, newcomers go to the one that is the least full with them."""
    placed = [item for item in newcomers if board.where[item] != NOWHERE]
    if len(placed) * len(board.nodes) > SPREAD:
        return
    for item in sorted(placed, key=lambda one: (-board.bulk(one, board.where[one]), one)):
        here = board.take(item)
        best, least = here, board.use_with(here, item) - SLACK
        for node in bits(board.open_to(item)):
            use = board.use_with(node, item)
            if use < least and board.fits(item, node):
                best, least = node, use
        board.put(item, best)


def _below(board: Board, movable: Collection[int], aim: float) -> bool:
    """Whether a placement was found where no node is fuller than that."""
    out = []
    for node in board.nodes:
        while board.use(node) > aim:
            there = [item for item in board.on[node] if item in movable]
            if not there:
                return False
            enough = [item for item in there if board.use_without(node, item) <= aim]
            item = min(enough or there, key=lambda one: (board.use_without(node, one) * (-1 if enough else 1), one))
            board.take(item)
            out.append(item)
    start = list(board.where)
    for latest_first in (True, False):
        board.restore(start)
        if not Ejection(board, movable, aim, PATIENCE, latest_first=latest_first).place(out, lambda waiting: None if waiting else ()):
            return True
    board.restore(start)
    if len(board.nodes) > FEW:
        return False
    return _packed_anew(board, movable, out, board.nodes, aim, STEPS)[0]


def _packed_anew(
    board: Board, movable: Collection[int], out: Sequence[int], nodes: Collection[int], aim: float, steps: int, attempt: int = 0
) -> tuple[bool, int]:
    """Whether ``out`` and what may move on these nodes found homes there, none fuller than ``aim`` (else all is as it was);
    and the steps that it took."""
    before = list(board.where)
    there = [item for node in nodes for item in board.on[node] if item in movable and not board.misplaced(item)]
    for item in there:
        board.take(item)
    repack = Repack(board, sum(1 << node for node in nodes), aim, steps, attempt)
    stays_below = all(board.use(node) <= aim + SLACK for node in nodes)
    found = stays_below and repack.place(sorted([*there, *out]), before, {}) is not None
    if not found:
        board.restore(before)
    return found, steps - repack.steps


def _few_by_few(board: Board, movable: Collection[int], enough: float) -> None:
    """The fullest node and a few others are packed anew, as long as that makes it less full."""
    groups, shaken = (GROUPS, 0) if len(board.nodes) <= FEW else (GROUPS[:1], SHAKES)
    steps = ALTOGETHER if len(board.nodes) <= FEW else ALTOGETHER // 6
    while (peak := board.peak()) > enough and steps > 0:
        node = board.fullest()
        others = sorted((other for other in board.nodes if other != node), key=lambda other: (board.use(other), other))[:FEW]
        sets = ((few, most, part) for number, most in groups for part in FALLS for few in combinations(others, min(number, len(others))))
        for few, most, part in sets:
            found, taken = _packed_anew(board, movable, (), (node, *few), max(peak * part, enough), min(steps, most))
            steps -= taken
            if found:
                break
        else:
            if shaken == SHAKES:
                return
            shaken += 1
            some = list(combinations(others, min(3, len(others))))
            steps -= _packed_anew(board, movable, (), some[shaken % len(some)], peak, 1500, 3 * shaken + 1)[1]


def least_peak(board: Board, movable: Collection[int]) -> float:
    """No placement has a lower one: the load of those that can only be on some nodes, spread evenly over these; or of one alone."""
    moving = frozenset(item for item in movable if board.where[item] != NOWHERE)
    masks: dict[int, list[float]] = {}
    alone = 0.0
    for item, node in enumerate(board.where):
        if node == NOWHERE:
            continue
        mask = board.allowed[item] | 1 << node if item in moving else 1 << node
        loads = masks.setdefault(mask, [0.0] * len(board.loads))
        for index, one in enumerate(board.loads):
            loads[index] += one.need[item]
    every = (1 << len(board.nodes)) - 1
    largest = sorted(masks, key=lambda mask: (-mask.bit_count(), mask))[:REGIONS]
    for region in {every, *largest}:
        for index, one in enumerate(board.loads):
            there = sum(loads[index] for mask, loads in masks.items() if mask & ~region == 0)
            bearing = sum(1 / one.inverse[node] for node in board.nodes if region >> node & 1 and one.inverse[node] > 0)
            alone = max(alone, there / bearing if bearing > 0 else 0.0)
    stays = [sum(1 for item in board.on[node] if item in moving) == 0 and board.use(node) for node in board.nodes]
    return max([alone, *(float(one) for one in stays)], default=0.0)


def send_home(board: Board, homes: list[int], ceiling: float = UNLIMITED) -> None:
    """Moves that turned out not to be needed are taken back, the large ones first."""
    Search(board, (), ()).send_home(homes, ceiling)
