# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository and an inventory as values, as far as placing and moving ask them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain, NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities

from ..lifecycle.estate import LUNS, NETWORKS, S11, vserver

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def sized(name: str, memory: str, **more: Any) -> VServer:
    return replace(vserver(resources={"memory": memory}), name=name, **more)


def node(name: str, gib: int, domain: Domain | None = None, quarantine: bool = False) -> Any:
    disks = tuple(Disk(f"c0t{guid}d0", guid) for guid in LUNS.values())
    links = (Link("net0"), Link("net1"))
    facts = NodeFacts(name, S11, "SPARC T8-1", 64, gib << 30, name, disks, links, brands=("solaris",), domain=domain)
    networks = {"management": "net0", "public": "net1"}
    flags = {"maintenance": False, "quarantine": quarantine, "flag_reason": "fenced" if quarantine else ""}
    return SimpleNamespace(
        name=name, compute_pool="production", facts=facts, networks=networks, base_units=None, discovered=BEGAN, carried_by=None, **flags
    )


def move(source: str, target: str, proof: str = "") -> Any:
    return SimpleNamespace(source=source, target=target, running=True, proof=proof, began=BEGAN)


def repository(nodes: Sequence[Any], homes: Mapping[str, tuple[VServer, str | None]], moves: Mapping[str, Any] | None = None) -> Any:
    """``refuses`` of what it gives are vServers that it does not take."""
    living = [
        SimpleNamespace(name=name, node=home, state="activated" if home else "defined", declared=declared, changed=BEGAN)
        for name, (declared, home) in homes.items()
    ]
    found = SimpleNamespace(refuses=set(), placed={})

    def place_vserver(declared: VServer, home: str, *, check: bool = False) -> bool:
        if declared.name in found.refuses:
            raise InvalidDefinition(f"vServer {declared.name}: its LUN is another's.")
        found.placed[declared.name] = home
        return True

    found.nodes = lambda: list(nodes)
    found.node = lambda name: next((one for one in nodes if one.name == name), None)
    found.vservers = lambda names=None: [one for one in living if names is None or one.name in names]
    found.moves = lambda names=None: dict(moves or {})
    found.dependencies = dict
    found.place_vserver = place_vserver
    found.usage = SimpleNamespace(latest=lambda: BEGAN, usage_of=lambda *_: {})
    return found


def action(declared: Sequence[VServer], affinities: Affinities | str = "", *, check: bool = False) -> Any:
    """``affinities``: a text is what is wrong with them."""

    def declared_affinities(_known: Any) -> Affinities:
        if isinstance(affinities, str) and affinities:
            raise InvalidDefinition(affinities)
        return affinities or Affinities()  # type: ignore[return-value]

    known = {one.name: one for one in declared}
    inventory = SimpleNamespace(
        networks=declaration.networks(NETWORKS),
        frozen={},
        vserver=known.__getitem__,
        vservers=lambda: list(known),
        declares=known.__contains__,
        is_node=lambda _name: False,
        affinities=declared_affinities,
    )
    return SimpleNamespace(inventory=inventory, check=check)
