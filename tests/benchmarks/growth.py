# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many nodes, nothing to change: how time, CPU and memory grow with their number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import estate
from .process import play


def grow(folder: Path, sizes: Sequence[int], vservers: int) -> list[str]:
    """The table's lines: one lab of the largest size, the playbook limited to the first nodes of it."""
    lines = [
        f"{vservers} vServers a node, nothing to change",
        "",
        "| nodes | vServers | seconds | controller CPU s | largest process MiB | seconds a node |",
        "|---|---|---|---|---|---|",
    ]
    with estate.running(folder, max(sizes), vservers) as built:
        play(built, "prime")
        for nodes in sizes:
            limit = ",".join(f"n{number:03}" for number in range(1, nodes + 1))
            run = play(built, "ours", limit=limit)
            if run.changed or run.trips != nodes:
                raise AssertionError(f"{nodes} nodes: {run.changed} changes, {run.trips} round trips")
            figures = f"{run.seconds:.1f} | {run.cpu:.1f} | {run.memory} | {run.seconds / nodes:.2f}"
            lines.append(f"| {nodes} | {nodes * vservers} | {figures} |")
        alarms = built.lab.alarms()
    if alarms:
        raise AssertionError(f"the lab's alarms: {alarms}")
    return lines
