# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What planners are told of a node beside its own answers: from inventory and repository."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..engine.node_shell import NodeShell
from ..lifecycle import discovery, resources
from ..lifecycle.context import Candidate, NodeContext
from ..model.errors import Refused
from ..model.names import password_hash
from ..model.release import SUPPORTED, Release
from ..model.vserver import VServer
from .action import HeliostatAction

if TYPE_CHECKING:
    from ..repository.records import VServerRecord
    from ..repository.store import Repository


def context_of(action: HeliostatAction, repository: Repository | None, node: NodeShell, vservers: Sequence[VServer]) -> NodeContext:
    """Raises Refused for a node on which nothing is deployed, InvalidDefinition for one that the inventory does not describe."""
    release = release_of(node, repository)
    inventory = action.inventory
    guids = [guid for vserver in vservers for dataset in vserver.datasets for guid in dataset.luns]
    used = repository.lun_owners(guids) if repository else {}
    owners = {guid: owner.partition("/")[0] for guid, owner in used.items()}
    password = action.templated("heliostat_root_password_hash")
    known = repository.node(node.name) if repository else None
    plumbed = frozenset(address.interface for address in known.facts.addresses) if known else None
    context = NodeContext(node.name, release, inventory.networks, inventory.links(node.name), owners, plumbed)
    context = replace(context, **storage_of(action, repository, {one.compute_pool for one in vservers}, [one.name for one in vservers]))
    context = replace(context, brands=frozenset(known.facts.brands) if known else None, host=known.facts.hostname if known else "")
    context = replace(context, groups=known.facts.groups if known else ())
    context = replace(context, base_units=inventory.rating(node.name), **_claims(repository, node.name, vservers))
    return replace(context, root_password_hash=password_hash(str(password))) if password else context


def storage_of(action: HeliostatAction, repository: Repository | None, pools: Collection[str], names: Sequence[str]) -> dict[str, Any]:
    """What of datasets is known beside the node: nodes of the compute pools, arrays of LUNs, what was made before."""
    found: dict[str, Any] = {"arrays": action.inventory.arrays}
    if repository:
        nodes = [node for pool in sorted(pools) for node in repository.nodes(pool) if not (node.maintenance or node.quarantine)]
        made = repository.made_datasets(names)
        found["created"] = frozenset(name for known in made.values() for name in known)
        found["candidates"] = tuple(
            Candidate(node.name, node.facts.hostname, frozenset(disk.guid for disk in node.facts.disks if disk.guid), node.facts.release)
            for node in nodes
        )
    return found


def _claims(repository: Repository | None, node: str, vservers: Sequence[VServer]) -> dict[str, Any]:
    """What of the node's CPUs is promised to the vServers at home there, and to those of this task; and how many it has."""
    known = repository.node(node) if repository else None
    declared = {record.name: record.declared for record in repository.vservers(node=node)} if repository and known else {}
    declared |= {vserver.name: vserver for vserver in vservers}
    units = {name: one.resources.base_units for name, one in declared.items() if one.resources.base_units}
    dedicated = {name: one.resources.dedicated_cpus[0] for name, one in declared.items() if one.resources.dedicated_cpus}
    return {"entitled": units, "dedicated": dedicated, "cpus": known.facts.cpus if known else None}


def check_claim(action: HeliostatAction, repository: Repository | None, node: str, vserver: VServer, known: VServerRecord | None) -> None:
    """Before a vServer is recorded on a node: raises Refused when it would own base units there that the node does not have.

    Otherwise one that is refused would be at home there, and its claim would keep others away.
    """
    owned = known.declared.resources.base_units if known is not None and known.node == node else None
    if (vserver.resources.base_units or 0) > (owned or 0):
        resources.check_units(vserver, node, action.inventory.rating(node), _claims(repository, node, [vserver])["entitled"])


def release_of(node: NodeShell, repository: Repository | None) -> Release:
    """The node's release: remembered, or asked in one more round trip. Refused where nothing may be deployed on it."""
    known = repository.node(node.name) if repository else None
    release = known.facts.release if known else discovery.read_release(node.ask(discovery.release_probes()))
    if release.family not in SUPPORTED:
        raise Refused(f"node {node.name} runs {release.description}, on which nothing is deployed; known are {', '.join(SUPPORTED)}.")
    return release
