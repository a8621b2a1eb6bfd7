# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.conformance.placement FILE…``: what placement makes of recorded instances, and what others made of the same.

An instance is a JSON object: ``nodes`` (name, cpu, mem), ``resources`` (name, cpu, mem), ``anti`` (pairs that never share a node),
``placement`` (resource → node today) and ``lost``, the node that everything must leave. Modes: ``nomove`` only what the lost node had
gets a home, ``minmove`` others move where that is needed, ``balance`` whatever lowers the fullest node.

Each answer is checked here, without the engine's own bookkeeping: no node overfull, no pair together, nothing on the lost node, nothing
moved in mode nomove. *peak* is the most used of cpu or memory of any node, *moves* counts what had a home and left it, *seconds* are of
one CPU, those of others as they were recorded.
``results.json`` beside an instance has what other engines made of it (``rows``: instance, engine, mode or strategy, placed, max_util,
moves, wall_s); exit code 1 where an answer of ours breaks a rule, places fewer than the exact solver, or peaks more than 1 % above it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.problem import Apart, Everywhere, Item, Moves, Problem, Target
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.solve import solve

MODES: Mapping[str, Moves] = {"nomove": "none", "minmove": "needed", "balance": "balance"}
EXACT = "OR-tools"
#: By what part a peak may be above the exact solver's.
MARGIN = 1.01
#: The file beside instances in which the recorded answers are.
RESULTS = "results.json"


@dataclass(frozen=True)
class Row:
    """One line of the table; ``broken``: the rules that the answer breaks."""

    mode: str
    who: str
    placed: int | None
    of: int
    peak: float | None
    moves: int | None
    seconds: float
    broken: tuple[str, ...] | None = None
    remark: str = ""


def problem(instance: Mapping[str, Any]) -> Problem:
    """The instance as placement takes it: the lost node is not in it, and what it had looks for a home."""
    targets = [Target(node["name"], (node["cpu"], node["mem"])) for node in instance["nodes"] if node["name"] != instance["lost"]]
    items = [Item(one["name"], (one["cpu"], one["mem"]), home=instance["placement"].get(one["name"])) for one in instance["resources"]]
    pairs = [Apart(f"pair{number:05}", tuple(pair)) for number, pair in enumerate(instance["anti"])]
    return Problem(("cpu", "memory"), targets, items, Everywhere(len(targets)), pairs)


def broken(instance: Mapping[str, Any], homes: Mapping[str, str], mode: str) -> Iterator[str]:
    """The rules that a placement breaks, one sentence each."""
    resources = {one["name"]: one for one in instance["resources"]}
    before: Mapping[str, str] = instance["placement"]
    for node in instance["nodes"]:
        there = [resources[name] for name, home in homes.items() if home == node["name"]]
        if node["name"] == instance["lost"] and there:
            yield f"{len(there)} are on {node['name']}, which is lost"
        for what in ("cpu", "mem"):
            if (used := sum(one[what] for one in there)) > node[what]:
                yield f"{node['name']}: {used} of {node[what]} {what} are used"
    if unknown := {*homes.values()} - {node["name"] for node in instance["nodes"]}:
        yield f"no such node: {', '.join(sorted(unknown))}"
    for one, other in instance["anti"]:
        if one in homes and homes[one] == homes.get(other):
            yield f"{one} and {other} are both on {homes[one]}"
    if mode == "nomove":
        for name in _moved(instance, homes):
            yield f"{name} left {before[name]} for {homes.get(name)}"


def _moved(instance: Mapping[str, Any], homes: Mapping[str, str]) -> list[str]:
    return [name for name, home in instance["placement"].items() if home != instance["lost"] and homes.get(name) != home]


def _peak(instance: Mapping[str, Any], homes: Mapping[str, str]) -> float:
    used = {node["name"]: [0, 0] for node in instance["nodes"]}
    for one in instance["resources"]:
        if one["name"] in homes:
            used[homes[one["name"]]][0] += one["cpu"]
            used[homes[one["name"]]][1] += one["mem"]
    return float(max(max(used[node["name"]][0] / node["cpu"], used[node["name"]][1] / node["mem"]) for node in instance["nodes"]))


def ours(instance: Mapping[str, Any], mode: str) -> Row:
    given = problem(instance)
    start = time.process_time()
    homes = solve(given, MODES[mode]).homes
    seconds = time.process_time() - start
    found = tuple(broken(instance, homes, mode))
    of = len(instance["resources"])
    return Row(mode, "heliostat.vdc", len(homes), of, _peak(instance, homes), len(_moved(instance, homes)), seconds, found)


def theirs(instance: str, rows: Sequence[Mapping[str, Any]], of: int) -> Iterator[Row]:
    """What results.json has of an instance, in our modes where it names one. A row without ``placed`` found no answer."""
    for row in rows:
        if row["instance"] == instance:
            who = row["engine"].removesuffix(" crm_simulate -R")
            if "strategy" in row:
                who = f"{who}, {row['strategy']}, stickiness {row['stickiness']}"
            seconds = row["wall_s"] if isinstance(row["wall_s"], int | float) else sorted(row["wall_s"])[len(row["wall_s"]) // 2]
            remark = row.get("status", "").lower()
            if row.get("overcommitted"):
                remark = f"{row['overcommitted']} nodes overfull"
            yield Row(row.get("mode", ""), who, row.get("placed"), of, row.get("max_util"), row.get("moves"), seconds, None, remark)


def worse(mine: Row, exact: Row) -> Iterator[str]:
    """What is not as good as the exact solver's answer in the same mode."""
    if exact.placed is not None and (mine.placed or 0) < exact.placed:
        yield f"{mine.mode}: {mine.placed} placed, the exact solver {exact.placed}"
    elif exact.peak is not None and mine.placed == exact.placed and (mine.peak or 0) > exact.peak * MARGIN:
        yield f"{mine.mode}: peak {mine.peak:.4f}, the exact solver's {exact.peak:.4f}"


def _shown(row: Row) -> str:
    feasible = "" if row.broken is None else "no" if row.broken else "yes"
    placed = "" if row.placed is None else f"{row.placed}/{row.of}"
    peak = "" if row.peak is None else f"{row.peak:.4f}"
    moves = "" if row.moves is None else str(row.moves)
    cells = f"{row.mode or '(own)':8} {row.who:44} {feasible:8} {placed:>9}  {peak:6} {moves:>5} {row.seconds:8.2f}  {row.remark}"
    return cells.rstrip()


def judge(path: Path) -> tuple[list[str], list[str]]:
    """The table of one instance, and what is wrong."""
    instance = json.loads(path.read_text())
    beside = path.with_name(RESULTS)
    rows = json.loads(beside.read_text())["rows"] if beside.exists() else []
    others = list(theirs(path.name, rows, len(instance["resources"])))
    lines = [f"{'mode':8} {'engine':44} feasible {'placed':>9}  {'peak':6} moves  seconds"]
    wrong = []
    for mode in MODES:
        mine = ours(instance, mode)
        same = [other for other in others if other.mode == mode]
        lines += [_shown(row) for row in (mine, *same)]
        wrong += [f"{mode}: {one}" for one in mine.broken or ()]
        wrong += [one for other in same if other.who.startswith(EXACT) for one in worse(mine, other)]
    return lines + [_shown(other) for other in others if other.mode not in MODES], wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.placement", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    failed = False
    for path in parser.parse_args().files:
        if path.name == RESULTS:  # it lies among the instances: *.json names it too
            continue
        lines, wrong = judge(path)
        print("\n".join((path.name, *lines, *(f"WRONG: {one}" for one in wrong), "")), flush=True)
        failed = failed or bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
