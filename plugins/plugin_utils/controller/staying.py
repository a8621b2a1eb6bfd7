# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stays on a node that is emptied, and why: in words for whoever is to switch it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..placement.evacuation import Evacuation
from .zones_seen import ZonesSeen

if TYPE_CHECKING:
    from ..repository.records import MoveRecord
    from ..repository.store import Repository


def staying(plan: Evacuation, name: str, *, frozen: bool, end: str) -> str:
    """Of a vServer that the plan leaves where it is: the reason, and what would help. ``end`` is the last sentence."""
    why = plan.stays[name]
    said = f"it is frozen ({why}). Take it out of heliostat_frozen when it may move" if frozen else why
    remedy = plan.answers[name].remedy if name in plan.answers else ""
    helping = f"What would help: {remedy}." if remedy else ""
    return " ".join(f"vServer {name} stays on node {plan.node}: {said}. {helping} {end}".split())


def on_the_way(move: MoveRecord) -> str:
    return (
        f"it is on its way from node {move.source} to node {move.target} (begun {move.began:%Y-%m-%d %H:%M} UTC) and runs nowhere for sure "
        "until that has ended: run this again when both answer, or recover it when one of them is lost "
        "(playbook heliostat.vdc.vserver_recover)"
    )


def strangers(repository: Repository, node: str, seen: ZonesSeen) -> dict[str, str]:
    """What runs on the node and is nobody's that could be moved: who switches it off would hit that."""
    records = {record.name: record for record in repository.vservers()}
    moving = repository.moves()
    found = {}
    for zone, state in seen.zones[node].items():
        if state == "running" and zone not in records:
            found[zone] = (
                f"zone {zone} runs on node {node} and is not in the repository, so it stays there. Adopt it "
                "(playbook heliostat.vdc.vserver_adopt), or halt it."
            )
        elif state == "running" and records[zone].node != node and zone not in moving:
            found[zone] = (
                f"zone {zone} runs on node {node}, and the repository has it on node {records[zone].node}. Find out which is it "
                "(playbook heliostat.vdc.vserver_drift) before anything is done with either."
            )
    for guest in guests(repository, node):
        living = sorted(record.name for record in records.values() if record.node == guest)
        if living:
            found[guest] = f"guest domain {guest} of node {node} carries {', '.join(living)}. Evacuate it too, it goes down with it."
    return found


def guests(repository: Repository, node: str) -> list[str]:
    """The guest domains that the node carries."""
    return [other.name for other in repository.nodes() if other.carried_by == node]
