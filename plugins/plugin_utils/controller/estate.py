# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate as placement sees it: nodes and vServers of the repository, affinities and failure domains of the inventory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from ..model.errors import HeliostatError
from ..model.network import NETWORK_TYPES
from ..model.vserver import VServer
from ..placement.estate import Affinities, Estate, Load, Occupant
from ..placement.failure_domains import failure_domains
from ..placement.rules import Host
from .action import HeliostatAction

if TYPE_CHECKING:
    from ..repository.records import NodeRecord, VServerRecord
    from ..repository.store import Repository

#: How far back placement looks.
DAYS = timedelta(days=7)


def estate(
    action: HeliostatAction,
    repository: Repository,
    *,
    closed: Mapping[str, str] | None = None,
    usable: Collection[str] = (),
    bound: Mapping[str, str] | None = None,
    loads: Mapping[str, Load] | None = None,
    homes: Mapping[str, str] | None = None,
    upgrade: str = "no",
    barred: Mapping[str, Mapping[str, str]] | None = None,
    regardless: bool = False,
) -> Estate:
    """``closed``: nodes to which nothing goes, with the reason; ``usable``: nodes whose maintenance is over. ``bound``:
    vServers that do not move, with the reason. ``homes``: vServer → node, where that is not what the repository has. ``upgrade``: as in the
    module migration. ``barred``: vServer → node → why that node is no target for it. ``regardless`` of affinities
    and failure domains: where these are declared wrongly and somebody is to come up."""
    inventory = action.inventory
    nodes = repository.nodes()
    records = repository.vservers()
    frozen = inventory.frozen | dict(bound or {})
    known = {record.name for record in records} | set(inventory.vservers())
    releases = {node.name: node.facts.release for node in nodes}
    occupants = [
        Occupant(
            _declared(action, record),
            (homes or {}).get(record.name, record.node),
            (loads or {}).get(record.name),
            frozen.get(record.name, ""),
            releases.get(record.node or "") if record.state in ("installed", "activated") else None,
        )
        for record in records
        if record.node is not None or record.name in (homes or {})
    ]
    affinities = Affinities() if regardless else inventory.affinities(known)
    told = [] if regardless else [node.name for node in nodes if inventory.is_node(node.name)]
    declared = {name: inventory.failure_domains(name) for name in told}
    domains = failure_domains({node.name: node.facts for node in nodes}, declared)
    hosts = [host(node, closed or {}, usable) for node in nodes]
    return Estate(hosts, occupants, inventory.networks, affinities, domains, upgrade != "no", barred or {})


def measured(repository: Repository) -> dict[str, Load]:
    """What vServers used in the last days: as much as they needed 95 % of the time. Who was not measured lately is left out."""
    since = datetime.combine(repository.usage.latest() - DAYS, time(), tzinfo=UTC)
    names = [record.name for record in repository.vservers() if record.node is not None]
    return {
        name: Load(used.memory.p95, used.cpu.p95, used.base_units.p95 if used.base_units else None)
        for name, used in repository.usage.usage_of("vserver", names, since).items()
        if used.state == "measured" and used.memory and used.cpu
    }


def host(node: NodeRecord, closed: Mapping[str, str], usable: Collection[str] = ()) -> Host:
    flag = "quarantine" if node.quarantine else "maintenance" if node.maintenance and node.name not in usable else ""
    blocked = f"{flag}: {node.flag_reason}" if flag else closed.get(node.name, "")
    links = {kind: node.networks[kind] for kind in NETWORK_TYPES if kind in node.networks}
    return Host(node.name, node.compute_pool, node.facts, links, blocked, node.base_units)


def _declared(action: HeliostatAction, record: VServerRecord) -> VServer:
    """As the inventory has it now, which is what a move makes; as it was recorded where that has it no more, or wrongly."""
    try:
        return action.inventory.vserver(record.name) if action.inventory.declares(record.name) else record.declared
    except HeliostatError:
        return record.declared
