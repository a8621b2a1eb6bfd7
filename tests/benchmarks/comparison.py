# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One node, all its vServers as declared: what it costs to find that out, by our module and in three other ways, side by side."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.engines import others
from tests.lab import isolation

from . import estate
from .process import Run, play

ROUNDS = 3
WAYS = {
    "ours": "`heliostat.vdc.vservers`",
    "raw_lists": "`raw`, lists asked once a node, configurations one by one",
    "raw_each": "`raw`, one command for each vServer and group of properties",
    "general": "`community.general`: `zfs` three times, `solaris_zone`",
    "nothing": "(Ansible alone: one `raw: true`)",
}


def compare(folder: Path, vservers: int, rounds: int = ROUNDS, ways: tuple[str, ...] = tuple(WAYS)) -> list[str]:
    """The table's lines. Every way runs once to warm up (the longest not), then ``rounds`` times in turn; medians are shown."""
    notes, venv = [], None
    if "general" in ways:
        try:
            if isolation.choose() != "namespaces":
                raise others.NotAvailable("this host allows no namespaces, which Python on the lab's nodes needs")
            venv = others.environment()
        except others.NotAvailable as error:
            notes.append(f"community.general was not measured: {error}")
            ways = tuple(way for way in ways if way != "general")
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    with estate.running(folder, 1, vservers, python=venv is not None) as built:
        play(built, "prime")
        estate.write_wanted(built)
        for number in range(rounds):
            for way in ways:
                if way == "general" and number:
                    continue  # once: it takes minutes
                runs[way].append(_converged(way, play(built, way, venv if way == "general" else None)))
        alarms = built.lab.alarms()
    if alarms:
        raise AssertionError(f"the lab's alarms: {alarms}")
    return [*_table(runs, vservers), *(["", *notes] if notes else [])]


def _converged(way: str, run: Run) -> Run:
    if run.changed:
        raise AssertionError(f"{way} changed {run.changed} things where nothing was to be done: the figures would not compare")
    return run


def _table(runs: dict[str, list[Run]], vservers: int) -> list[str]:
    middle = {way: median(run.seconds for run in found) for way, found in runs.items()}
    lines = [
        f"One node, {vservers} vServers, nothing to change (seconds: median, and the range of the runs)",
        "",
        "| way | round trips | seconds | controller CPU s | times ours, trips | times ours, seconds |",
        "|---|---|---|---|---|---|",
    ]
    for way, found in runs.items():
        seconds = [run.seconds for run in found]
        spread = f"{middle[way]:.1f} ({min(seconds):.1f} to {max(seconds):.1f})" if len(found) > 1 else f"{middle[way]:.1f} (one run)"
        times = f"{found[0].trips / runs['ours'][0].trips:.0f} | {middle[way] / middle['ours']:.1f}"
        lines.append(f"| {WAYS[way]} | {found[0].trips} | {spread} | {median(run.cpu for run in found):.1f} | {times} |")
    return lines
