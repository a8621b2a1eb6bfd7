# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement of generated estates: CPU seconds for each mode, and what came of it."""

from __future__ import annotations

import random
import time

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import (
    CATEGORIES,
    Apart,
    Everywhere,
    Item,
    Moves,
    Problem,
    Target,
)
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

#: Nodes, how full they are, how many of them are lost (none: one new vServer looks for a home), and the most CPU seconds for each mode.
ESTATES = ((100, 0.70, 1, 1.0), (100, 0.95, 5, 1.0), (1000, 0.70, 1, 20.0), (1000, 0.95, 50, 20.0))
NEW = (1000, 0.70, 0, 2.0)
VSERVERS = 20
MODES: tuple[Moves, ...] = ("none", "needed", "balance")


def measure(estates: tuple[tuple[int, float, int, float], ...] = (*ESTATES, NEW)) -> list[str]:
    """The table's lines. Raises AssertionError where a mode takes longer than it may."""
    lines = [
        f"{VSERVERS} vServers a node, one in ten must be apart from another; those of lost nodes, or a new one, look for a home",
        "",
        "| nodes | vServers | full | lost nodes | mode | placed | moved | peak | CPU s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for nodes, fill, lost, limit in estates:
        problem = estate(nodes, fill, lost)
        for moves in MODES if lost else MODES[:1]:
            start = time.process_time()
            placement = solve(problem, moves)
            seconds = time.process_time() - start
            if seconds > limit:
                raise AssertionError(f"{nodes} nodes, {fill:.0%} full, {moves}: {seconds:.1f} s of CPU time, {limit:.0f} s are the limit")
            figures = f"{len(placement.homes)} | {len(placement.moved(problem))} | {placement.peak:.4f} | {seconds:.2f}"
            lines.append(f"| {nodes} | {len(problem.items)} | {fill:.0%} | {lost} | {moves} | {figures} |")
    return lines


def estate(nodes: int, fill: float, lost: int, seed: int = 1) -> Problem:
    """Nodes of three sizes (CPU threads, GiB), each filled to ``fill``; the first ``lost`` ones are gone, or one new vServer is there."""
    chance = random.Random(seed)
    targets = [Target(f"n{number:04}", (float(cpus), cpus * 8.0)) for number in range(nodes) for cpus in [chance.choice((64, 128, 256))]]
    items: list[Item] = []
    for target in targets:
        room = [capacity * fill for capacity in target.capacity]
        for _ in range(VSERVERS):
            cpus = max(1, round(target.capacity[0] * fill / VSERVERS * chance.uniform(0.4, 1.5)))
            size = (cpus, max(1, round(cpus * 8 * chance.uniform(0.6, 1.3))))
            if size[0] > room[0] or size[1] > room[1]:
                size = (1, 1)
            room = [left - used for left, used in zip(room, size, strict=True)]
            items.append(Item(f"v{len(items):05}", size, home=target.name, category=chance.choice(CATEGORIES)))
    if not lost:
        items.append(Item("new", (4, 32)))
    names = [item.name for item in items]
    chance.shuffle(names)
    apart = [Apart(f"a{number:05}", (names[2 * number], names[2 * number + 1])) for number in range(len(names) // 20)]
    return Problem(("CPUs", "memory"), targets[lost:], items, Everywhere(nodes - lost), apart)
