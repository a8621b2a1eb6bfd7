# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes are patched at the same time: never two nodes of one cluster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..model.errors import InvalidDefinition

#: One node to begin with, then a quarter of all, then the rest.
SIZES = (1, "25%", "100%")


def waves(nodes: Sequence[str], clusters: Mapping[str, str], sizes: Sequence[int | str] = SIZES) -> list[tuple[str, ...]]:
    """The nodes in waves, each to be well before the next begins.

    They go in their order, except that one waits where a node of its cluster is in the wave already. ``clusters``: node → its cluster; a
    node without one stands alone. ``sizes``: how many nodes each wave has at most, as Ansible's ``serial`` says it: numbers, or parts of
    all nodes (``25%``, at least one); the last counts for all further waves. Raises InvalidDefinition.
    """
    twice = sorted(name for name, times in Counter(nodes).items() if times > 1)
    if twice:
        raise InvalidDefinition(f"node {twice[0]} is named twice in one roll-out.")
    numbers = [_number(size, len(nodes)) for size in sizes]
    if not numbers:
        raise InvalidDefinition("the waves of a roll-out have no sizes. Give numbers or percentages, such as 1 and 100%.")
    left = list(nodes)
    found: list[tuple[str, ...]] = []
    while left:
        wave = _apart(left, clusters)[: numbers[min(len(found), len(numbers) - 1)]]
        found.append(tuple(wave))
        left = [name for name in left if name not in set(wave)]
    return found


def _number(size: int | str, nodes: int) -> int:
    match = re.fullmatch(r"([0-9]+)(%?)", str(size))
    if isinstance(size, bool) or not match or int(match[1]) < 1:
        raise InvalidDefinition(f"{size!r} is no size of a wave: neither a number from 1 on nor a percentage.")
    return max(1, int(match[1]) * nodes // 100) if match[2] else int(match[1])


def _apart(nodes: Sequence[str], clusters: Mapping[str, str]) -> list[str]:
    """Every node without a cluster, and the first of each cluster."""
    seen: set[str] = set()
    found = []
    for name in nodes:
        cluster = clusters.get(name, "")
        if not cluster or cluster not in seen:
            found.append(name)
        seen.add(cluster)
    return found
