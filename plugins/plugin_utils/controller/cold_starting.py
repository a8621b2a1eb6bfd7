# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a cold start, from repository and inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..model.dependencies import Dependencies
from ..model.errors import InvalidDefinition
from ..placement.cold_start import ColdStart, Machine, Sleeper, cold_start
from . import run_state
from .action import HeliostatAction

if TYPE_CHECKING:
    from ..repository.records import NodeRecord, VServerRecord
    from ..repository.store import Repository


def planned(action: HeliostatAction, args: Mapping[str, Any], repository: Repository) -> ColdStart:
    """``args``: power_limits, at_once (see the module cold_start_plan)."""
    machines = [_machine(action, node) for node in repository.nodes()]
    known = {level for machine in machines for level in machine.domains or ()}
    limits = _limits(args["power_limits"] or {}, known)
    if args["at_once"] < 1:
        raise InvalidDefinition(f"at_once is {args['at_once']}: nothing would ever boot. It is 1 or more.")
    records = repository.vservers()
    stopped = run_state.stopped(repository, [record.name for record in records])
    moving = repository.moves()
    sleepers = [_sleeper(record, record.name in stopped, record.name in moving) for record in records]
    return cold_start(machines, sleepers, Dependencies(repository.dependencies()), limits, args["at_once"])


def _limits(given: Mapping[str, Any], known: set[str]) -> dict[str, int]:
    found = {}
    for level, number in sorted(given.items()):
        if level not in known:
            raise InvalidDefinition(
                f"power_limits: no node declares failure_domains of level {level!r} in heliostat_node. Declared are: "
                f"{', '.join(sorted(known)) or 'none'}."
            )
        if not str(number).isdecimal() or int(number) < 1:
            raise InvalidDefinition(f"power_limits: {number!r} is no number of machines of one {level} (1 or more).")
        found[str(level)] = int(number)
    return found


def _machine(action: HeliostatAction, node: NodeRecord) -> Machine:
    declared = action.inventory.is_node(node.name)
    flag = "quarantine" if node.quarantine else "maintenance" if node.maintenance else ""
    return Machine(
        node.name,
        action.inventory.service_processor(node.name) if declared else "",
        node.facts.is_guest,
        node.carried_by,
        action.inventory.failure_domains(node.name) if declared else {},
        f"{flag}: {node.flag_reason}" if flag else "",
    )


def _sleeper(record: VServerRecord, halted: bool, moving: bool) -> Sleeper:
    vserver = record.declared
    resting = ""
    if moving:
        resting = "it was on its way to another node: the run that moved it is continued once both nodes are up"
    elif not run_state.ran("", record.state, halted):
        resting = "it was shut down" if record.state == "activated" else f"it did not run (state {record.state})"
    return Sleeper(record.name, record.node, vserver.category, vserver.priority, vserver.autoboot, resting)
