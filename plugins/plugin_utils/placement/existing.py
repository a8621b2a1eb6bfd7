# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of a vServer that the repository has no node for: it belongs where its zone is, or else where its pools are."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.node import NodeFacts
from ..model.vserver import VServer


def owners_of(vserver: VServer, nodes: Mapping[str, NodeFacts]) -> tuple[list[str], str]:
    """The nodes that have it already, and what of it: its zone, or where none has that, ZFS pools of it."""
    zones = sorted(name for name, facts in nodes.items() if vserver.name in facts.zones)
    if zones:
        return zones, "its zone"
    pools = {dataset.name for dataset in vserver.datasets if dataset.manager == "zfs"}
    return sorted(name for name, facts in nodes.items() if pools.intersection(facts.pools)), "its storage"


def elsewhere(owner: str, what: str, nodes: Mapping[str, NodeFacts]) -> dict[str, str]:
    """The nodes that it does not come to because ``owner`` has it, with the reason."""
    return {name: f"does not have {what}, which exists on node {owner}" for name in nodes if name != owner}
