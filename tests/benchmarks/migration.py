# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations: one of a vServer with three datasets, by our module and in two other ways; twenty between four nodes, at once and in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.lab import generate

from . import estate
from .process import Run, play

ROUNDS = 3
DEPLOYING, MOVING = 2000.0, 20.0  # seconds of the lab's clock in one of ours
NODES, EACH = 4, 5
NAME, POOLS = "v001big", ("v001big", "v001biglog", "v001bigdata")
HERE, THERE = "n001", "n002"
WAYS = {
    "migrate_ours": "`heliostat.vdc.migration`",
    "migrate_scripts": "`raw`, a shell script for each node and phase, nothing looked at before",
    "migrate_raw": "`raw`, a task for each command, nothing looked at before",
    "nothing": "(Ansible alone: one `raw: true` on a node)",
}
MANY = {"migrate_many": "`heliostat.vdc.migration`, one task for all", "migrate_in_turn": "the same module, one vServer after the other"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A run, and the seconds that commands of the nodes took in it (both nodes together)."""

    run: Run
    nodes: float

    @property
    def ours(self) -> float:
        """Wall time apart from the nodes' own work."""
        return self.run.seconds - self.nodes


def _guid(position: int) -> str:
    return f"60060E8007C3F2000031C3F2FFFF{position:04X}"


def _add(centre: dict[str, Any], inventory: dict[str, Any]) -> None:
    """Nodes without vServers, which are deployed then as they are declared; and one more, with three datasets."""
    centre["pools"].clear()
    for machine in centre["machines"].values():
        machine["zones"] = {}
    centre["luns"].append({"size": "20G", "visible_to": [HERE, THERE], "guids": [_guid(number) for number in range(len(POOLS))]})
    everything = inventory["all"]
    everything["vars"]["heliostat_luns"] |= {f"lun_{pool}": _guid(position) for position, pool in enumerate(POOLS)}
    vservers = everything["children"]["vservers"]["hosts"]
    declared = dict(vservers[generate.vserver(1, 1)[0]["name"]]["heliostat_vserver"])
    address = generate.anets(1, EACH + 1)[0]["allowed-address"].partition("/")[0]
    vservers[NAME] = {
        "heliostat_vserver": declared
        | {
            "datasets": [{"name": pool, "luns": [f"lun_{pool}"]} for pool in POOLS],
            "filesystems": [
                {"type": "root", "dataset": NAME},
                *({"type": "data", "dataset": pool, "mountpoint": f"/{pool}", "size": "5G"} for pool in POOLS[1:]),
            ],
            "networks": [{"network": "public", "address": address}],
        }
    }


def measure(folder: Path, rounds: int = ROUNDS, *, each: int = EACH, ways: tuple[str, ...] = tuple(WAYS)) -> list[str]:
    """The tables' lines; ``each`` vServers a node are moved in the second. Every way moves there and back in turn; medians are shown.

    Raises AssertionError when something did not arrive.
    """
    found: dict[str, list[Moved]] = {way: [] for way in (*ways, *MANY)}
    names = [generate.vserver(number, vid)[0]["name"] for number in range(1, NODES + 1) for vid in range(1, each + 1)]
    with estate.running(folder, NODES, each, more=_add) as built:
        built.lab.clock(speed=DEPLOYING)
        play(built, "migrate_prime")
        built.lab.clock(speed=MOVING)
        here, there = HERE, THERE
        for _round in range(rounds):
            for way in ways:
                moved = _moved(built, way, {"vserver": NAME, "pools": list(POOLS), "source": here, "target": there})
                found[way].append(moved)
                if way == "nothing":
                    continue
                _arrived(built, {NAME: there})
                if way != "migrate_ours":  # what went by other means goes home with them
                    _moved(built, way, {"vserver": NAME, "pools": list(POOLS), "source": there, "target": here})
                    _arrived(built, {NAME: here})
                else:
                    here, there = there, here
            for way in MANY:
                before = _homes(built)
                found[way].append(_moved(built, way, {"names": names}))
                after = _homes(built)
                if any(before[name] == after[name] for name in names):
                    raise AssertionError(f"{way}: not everything moved: {after}")
        alarms = built.lab.alarms()
    if alarms:
        raise AssertionError(f"the lab's alarms: {alarms}")
    return [*_one(found), "", *_many(found, len(names))]


def _moved(built: estate.Estate, way: str, variables: Mapping[str, Any]) -> Moved:
    mark = len(built.lab.log())
    run = play(built, way, limit=HERE if way == "nothing" else "", variables=variables)
    return Moved(run, sum(row["duration"] for row in built.lab.log()[mark:] if row["kind"] == "command"))


def _homes(built: estate.Estate) -> dict[str, str]:
    machines = built.lab.truth()["machines"]
    return {zone: name for name, machine in machines.items() for zone, known in machine["zones"].items() if known["state"] == "running"}


def _arrived(built: estate.Estate, wanted: Mapping[str, str]) -> None:
    homes = _homes(built)
    if any(homes.get(name) != node for name, node in wanted.items()):
        raise AssertionError(f"{wanted} was to be reached, and is {homes}")


def _spread(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def _one(found: Mapping[str, list[Moved]]) -> list[str]:
    base = found["migrate_ours"]
    lines = [
        "One running vServer with three datasets from node to node (seconds: median, and the range of the runs)",
        "",
        "| way | round trips | seconds | of these the nodes' commands | the rest | times ours, trips | times ours, the rest |",
        "|---|---|---|---|---|---|---|",
    ]
    for way, text in WAYS.items():
        runs = found.get(way, [])
        if not runs:
            continue
        times = f"{runs[0].run.trips / base[0].run.trips:.1f}"
        rest = f"{median(one.ours for one in runs) / median(one.ours for one in base):.1f}"
        seconds = f"{_spread([one.run.seconds for one in runs])} | {median(one.nodes for one in runs):.1f}"
        lines.append(f"| {text} | {runs[0].run.trips} | {seconds} | {median(one.ours for one in runs):.1f} | {times} | {rest} |")
    return lines


def _many(found: Mapping[str, list[Moved]], number: int) -> list[str]:
    base = found["migrate_many"]
    lines = [
        f"{number} running vServers between {NODES} nodes, every node gives {number // NODES} away and takes {number // NODES}",
        "",
        "| way | round trips | seconds | controller CPU s | times all at once, trips | times all at once, seconds |",
        "|---|---|---|---|---|---|",
    ]
    middle = median(one.run.seconds for one in base)
    for way, text in MANY.items():
        runs = found[way]
        trips = [float(one.run.trips) for one in runs]
        times = f"{median(trips) / median(one.run.trips for one in base):.1f} | {median(one.run.seconds for one in runs) / middle:.1f}"
        cpu = f"{median(one.run.cpu for one in runs):.1f}"
        lines.append(f"| {text} | {median(trips):.0f} | {_spread([one.run.seconds for one in runs])} | {cpu} | {times} |")
    return lines
