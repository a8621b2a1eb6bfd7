# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement against the repository: the nodes as remembered, the vServers as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..model.dependencies import Dependencies
from ..model.vserver import VServer
from ..placement.choose import Candidate, choose, memory, owners_of, taken
from .action import HeliostatAction
from .estate import Neighbours, host
from .report import attempt, failed

if TYPE_CHECKING:
    from ..repository.records import NodeRecord, VServerRecord
    from ..repository.store import Repository


def place(action: HeliostatAction, names: Sequence[str], repository: Repository | None) -> dict[str, Any]:
    """Where each vServer lives: where it already does, or where it now goes. One without a home fails the task at its end."""
    if repository is None:
        return {
            "changed": False,
            "placements": {},
            "explained": {},
            "warnings": ["there is no configuration repository yet: nothing can be placed before it is made"],
        }
    networks = action.inventory.networks
    homes = {record.name: record for record in repository.vservers()}
    nodes = repository.nodes()
    homes |= {name: replace(record, node=None) for name, record in homes.items() if _misplaced(record, nodes)}
    candidates = {node.name: candidate(node, homes) for node in nodes}
    placements: dict[str, str] = {}
    explained: dict[str, Any] = {}
    failures: dict[str, str] = {}
    changed = False
    vservers = [vserver for name in sorted(set(names)) if (vserver := attempt(name, failures, action.inventory.vserver))]
    around = Neighbours(action, repository)
    for vserver in _masters_first(repository, vservers):
        record = homes.get(vserver.name)
        if record is not None and record.node is not None:
            placements[vserver.name] = record.node
            continue
        living = {name: one.node for name, one in homes.items() if one.node} | placements
        choice = choose(vserver, list(candidates.values()), networks, around.against(vserver.name, living))
        explained[vserver.name] = {"node": choice.node, "why": choice.why, "rejected": dict(choice.rejected)}
        if choice.node is None:
            reasons = "; ".join(f"{node} {reason}" for node, reason in choice.rejected.items()) or "no node is registered"
            failures[vserver.name] = f"vServer {vserver.name}: {choice.why}: {reasons}."
            continue
        attempt(vserver.name, failures, partial(_keep, action, repository, vserver, choice.node, check=action.check))
        if vserver.name in failures:
            continue
        changed = True
        placements[vserver.name] = choice.node
        candidates[choice.node] = taken(candidates[choice.node], vserver)
    result: dict[str, Any] = {"changed": changed, "placements": placements, "explained": explained}
    if failures:
        result |= failed(failures)
    return result


def _masters_first(repository: Repository, vservers: Sequence[VServer]) -> list[VServer]:
    """Largest first, but none before its masters, which the repository must know when a slave is recorded.

    Raises InvalidDefinition for a cycle of dependencies.
    """
    known = Dependencies(repository.dependencies() | {vserver.name: vserver.depends_on for vserver in vservers})
    by_size = sorted(vservers, key=lambda entry: (-memory(entry), entry.name))
    depth: dict[str, int] = {}
    for name in known.boot_order({*known.all_masters([vserver.name for vserver in vservers])}):
        depth[name] = 1 + max((depth[master] for master in known.masters(name)), default=-1)
    return sorted(by_size, key=lambda entry: depth[entry.name])


def _misplaced(record: VServerRecord, nodes: Sequence[NodeRecord]) -> bool:
    """Only planned for a node, while discoveries made since then saw its zone or its storage on another node and none on this one.

    That is what happens when the repository was lost and the vServer's node was down at the time of the placement.
    """
    if record.state != "defined" or record.node is None:
        return False
    seen = {node.name: node.facts for node in nodes if node.discovered is not None and node.discovered > record.changed}
    owners, _what = owners_of(record.declared, seen)
    return record.node in seen and bool(owners) and record.node not in owners


def _keep(action: HeliostatAction, repository: Repository, vserver: VServer, node: str, name: str, *, check: bool) -> None:
    repository.place_vserver(recordable(action, repository, vserver) if check else vserver, node, check=check)


def recordable(action: HeliostatAction, repository: Repository, vserver: VServer) -> VServer:
    """For check mode: without the masters that a run would have recorded by then, which are those that the inventory declares."""
    if not vserver.depends_on:
        return vserver
    known = {record.name for record in repository.vservers(names=vserver.depends_on)}
    failures: dict[str, str] = {}
    left = [name for name in vserver.depends_on if name in known or attempt(name, failures, action.inventory.vserver) is None]
    return replace(vserver, depends_on=tuple(left))


def candidate(node: NodeRecord, homes: Mapping[str, VServerRecord]) -> Candidate:
    """A registered node with what is promised to the vServers that live there."""
    living = [record.declared for record in homes.values() if record.node == node.name]
    there = host(node, {})
    found = Candidate(there.name, there.compute_pool, there.facts, there.links, blocked=there.blocked, base_units=there.base_units)
    for vserver in living:
        found = taken(found, vserver)
    return found
