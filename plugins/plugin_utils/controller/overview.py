# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the status tables. What was not measured shows as unknown, never as what was last remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..repository.records import VServerRecord
    from ..repository.store import Repository


def node_rows(repository: Repository, seen: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """One row a node. ``seen`` maps each node that answered to the run states of its zones."""
    records = repository.vservers()
    homes = [record.node for record in records]
    owned: dict[str | None, int] = {}
    for record in records:
        owned[record.node] = owned.get(record.node, 0) + (record.base_units or 0)
    return [
        {
            "node": node.name,
            "release": node.facts.release.description,
            "model": node.facts.model,
            "state": "up" if node.name in seen else "unknown",
            "vservers": homes.count(node.name),
            "cpus": node.facts.cpus,
            "memory": f"{node.facts.memory >> 30} GiB",
            "units": units(owned.get(node.name, 0), node.base_units),
            "pool": node.compute_pool or "",
        }
        for node in repository.nodes()
    ]


def units(owned: int, rating: int | None) -> str:
    """Base units owned of those that there are: ``50/400``; nothing where there are none."""
    return f"{owned}/{rating}" if rating else str(owned or "")


def vserver_rows(repository: Repository, seen: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """One row a vServer, its state measured on its node; a zone of its name that another node has is told too."""
    rated: dict[str | None, int | None] = {node.name: node.base_units for node in repository.nodes()}
    return [
        {
            "vserver": record.name,
            "state": _state(record, seen),
            "node": record.node or "",
            "brand": record.declared.brand,
            "units": units(record.base_units, rated.get(record.node)) if record.base_units else "",
            "addresses": " ".join(str(attachment.address) for attachment in record.declared.networks),
            "datasets": " ".join(f"{dataset.name}:{dataset.layout}" for dataset in record.declared.datasets),
        }
        for record in repository.vservers()
    ]


def _state(record: VServerRecord, seen: Mapping[str, Mapping[str, str]]) -> str:
    """A zone that is only configured elsewhere is what a detached one leaves behind, and holds nothing."""
    own = seen[record.node].get(record.name, "absent") if record.node is not None and record.node in seen else "unknown"
    others = [f"{zones[record.name]} on {node}" for node, zones in sorted(seen.items()) if node != record.node and record.name in zones]
    return ", ".join([own, *(other for other in others if not other.startswith("configured "))])
