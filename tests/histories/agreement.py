# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether repository, nodes and what is believed agree; and what must hold whatever happened."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.lab import filesystem

from .laboratory import Laboratory
from .outcome import Outcome

if TYPE_CHECKING:
    from .estate import Estate

ALIVE = ("running", "ready", "shutting_down", "down")
Seen = dict[str, dict[str, str]]


def seen(laboratory: Laboratory) -> Seen:
    """vServer → what there is of it, by place: zone states and who has its storage."""
    found: Seen = {}
    for machine in laboratory.machines.values():
        on = "" if machine.powered and machine.running else "off "
        for zone in machine.zones.values():
            found.setdefault(zone.name, {})[machine.name] = f"{on}{zone.state}"
        for name in held(laboratory, machine.name):
            found.setdefault(name.removesuffix("data"), {})[f"{machine.name} {name}"] = f"{on}held"
    return found


def held(laboratory: Laboratory, machine: str) -> set[str]:
    """Names of the pools, disk sets and disk groups that a machine has."""
    known, centre = laboratory.machines[machine], laboratory.centre
    groups = known.vxvm.groups if known.vxvm else ()
    return (
        {centre.pools[guid].name for guid in known.imported if guid in centre.pools}
        | {centre.disksets[key].name for key in known.disksets if key in centre.disksets}
        | {centre.diskgroups[key].name for key in groups if key in centre.diskgroups}
    )


def differing(before: Seen, after: Seen) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def zone_state(laboratory: Laboratory, node: str, name: str) -> str:
    zone = laboratory.machines[node].zones.get(name)
    return zone.state if zone else "absent"


def as_believed(estate: Estate, name: str, record: Any, state: str | None) -> bool:
    """Whether the vServer is where the repository's record says, in this state, with its storage."""
    if state == "removed":
        return not any(name in machine.zones for machine in estate.laboratory.live()) and (
            record is None or record.node is None or record.state in ("defined", "detached")
        )
    if record is None or record.node is None or not estate.laboratory.answers(record.node):
        return False
    wanted = {"running": "running", "halted": "installed"}.get(state or "")
    datasets = {dataset.name for dataset in record.declared.datasets}
    return zone_state(estate.laboratory, record.node, name) == wanted and datasets <= held(estate.laboratory, record.node)


def check(estate: Estate, believed: Mapping[str, str | None], marked: Collection[str]) -> None:
    """Everything that must hold after a step. Raises AssertionError."""
    laboratory = estate.laboratory
    alarms = laboratory.centre.alarms
    assert not alarms, f"the lab raises alarms: {[(alarm.kind, alarm.text) for alarm in alarms]}"
    for name in believed:
        alive = [machine.name for machine in laboratory.live() if zone_state(laboratory, machine.name, name) in ALIVE]
        assert len(alive) < 2, f"{name} runs on {alive}"
        holders = [machine.name for machine in laboratory.live() if name in held(laboratory, machine.name)]
        assert len(holders) < 2, f"the storage of {name} is on {holders}"
    for name in marked:
        assert any(found(laboratory, name)), f"the data of {name} is gone"
        for machine in laboratory.live():
            if zone_state(laboratory, machine.name, name) == "running":
                assert filesystem.resolve(machine, place(machine.zones[name].zonepath, name)).exists(), f"{name} runs without its data"
    records, moves, _nodes = estate.records()
    for name, state in believed.items():
        if state is None:
            continue
        record = records.get(name)
        home = record.node if record else None
        there = {machine.name: zone_state(laboratory, machine.name, name) for machine in laboratory.live() if name in machine.zones}
        assert name not in moves, f"{name} is {state}, and on its way by the repository"
        assert as_believed(estate, name, record, state), f"{name} should be {state}: the repository says {home}, zones are {there}"


def place(zonepath: str, name: str) -> str:
    return f"{zonepath}/root/of-{name}"


def mark(laboratory: Laboratory, name: str) -> None:
    """Writes the file by which the vServer's data is known again."""
    for machine in laboratory.live():
        if zone_state(laboratory, machine.name, name) == "running":
            filesystem.write_file(machine, place(machine.zones[name].zonepath, name), "acknowledged\n")
            return
    raise AssertionError(f"{name} runs nowhere")


def found(laboratory: Laboratory, name: str) -> list[Path]:
    pools = laboratory.simulation.state / "pools"
    return [*pools.glob(f"*/*/root/of-{name}"), *pools.glob(f"*/*/of-{name}")]


def same_plan(checked: Outcome, done: Outcome) -> None:
    """What check mode showed is what ran, as far as it could see: a plan may be made anew on the way. Raises AssertionError."""
    for name in {step["object"] for step in checked.plan + done.plan}:
        shown, ran = ([step for step in outcome.plan if step["object"] == name] for outcome in (checked, done))
        assert shown and ran[: len(shown)] == shown, f"{name}: check mode showed {shown}, the run did {ran}"


def reason(message: str) -> str:
    """A message without its particulars, to be counted."""
    return re.sub(r"\b(web|app|git|mon|pay|hr)(data)?\b|t\d\w\b|\d+", "*", message)[:110]
