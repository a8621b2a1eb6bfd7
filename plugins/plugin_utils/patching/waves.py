# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes are patched at the same time: canaries first, never two nodes of one cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from ..model.errors import InvalidDefinition


def waves(nodes: Sequence[str], clusters: Mapping[str, str], canary: int | Collection[str] = 0, size: int = 0) -> list[tuple[str, ...]]:
    """The nodes in waves, each to be well before the next begins. Nodes keep their order within a wave.

    ``clusters``: node → its cluster; a node without one stands alone. ``canary``: how many nodes go before all others, or which ones.
    ``size``: how many nodes a wave has at most, 0 for as many as may. No more waves are made than that needs. The canaries' part
    is smaller or takes more waves where they belong to one cluster. Raises InvalidDefinition.
    """
    if size < 0 or (isinstance(canary, int) and canary < 0):
        raise InvalidDefinition(f"Waves of {size} nodes after {canary} canaries: neither can be less than 0.")
    twice = sorted(name for name, times in Counter(nodes).items() if times > 1)
    if twice:
        raise InvalidDefinition(f"Node {twice[0]} is named twice in one roll-out.")
    if isinstance(canary, int):
        first = _apart(nodes, clusters)[:canary]
    else:
        unknown = sorted(set(canary) - set(nodes))
        if unknown:
            raise InvalidDefinition(f"Canary {unknown[0]} is none of the nodes of this roll-out: {', '.join(nodes)}.")
        first = [name for name in nodes if name in set(canary)]
    return _split(first, clusters, size) + _split([name for name in nodes if name not in set(first)], clusters, size)


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


def _split(nodes: Sequence[str], clusters: Mapping[str, str], size: int) -> list[tuple[str, ...]]:
    """The cluster with most nodes left goes first: so there are as few waves as the largest cluster and the size allow."""
    left = list(nodes)
    found = []
    while left:
        waiting = Counter(clusters[name] for name in left if clusters.get(name))
        candidates = sorted(_apart(left, clusters), key=lambda name: -waiting.get(clusters.get(name, ""), 0))  # stable
        chosen = set(candidates[: size or len(candidates)])
        found.append(tuple(name for name in left if name in chosen))
        left = [name for name in left if name not in chosen]
    return found
