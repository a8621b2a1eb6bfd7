# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes and vServers as values, with what the tests of whole estates need of them and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import Domain, NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset, Filesystem, Resources, VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.estate import Affinities, Estate, Occupant
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.rules import Host

GIB = 1 << 30
LUNS = tuple(f"60060E8007C3F2000030C3F20000{number:04X}" for number in range(32))
RELEASE = Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc")


def facts(name: str, memory: int = 64, cpus: int = 32, domain: Domain | None = None) -> NodeFacts:
    """``memory`` in GiB."""
    disks = tuple(Disk(f"c0t{number}d0", guid, 20 * GIB, "HITACHI", "OPEN-V") for number, guid in enumerate(LUNS))
    return NodeFacts(name, RELEASE, "SPARC T8-2", cpus, memory * GIB, "86d2b110", disks=disks, brands=("solaris",), domain=domain)


def host(name: str, memory: int = 64, blocked: str = "", units: int | None = None, domain: Domain | None = None, pool: str = "p") -> Host:
    return Host(name, pool, facts(name, memory, domain=domain), {}, blocked, units)


def vserver(name: str, memory: int | None = 8, pool: str = "p", **more: Any) -> VServer:
    """``memory`` in GiB; ``more``: of the declaration, ``resources`` as keywords."""
    resources = Resources(memory=None if memory is None else memory * GIB, **more.pop("resources", {}))
    root = Filesystem("root", name, "zone")
    return VServer(name, pool, "solaris", (Dataset(name, (LUNS[0],)),), (root,), (), resources=resources, **more)


def estate(
    hosts: list[Host],
    homes: Mapping[str, tuple[VServer, str | None]],
    domains: Mapping[str, Mapping[str, str]] | None = None,
    affinities: Affinities | None = None,
    bound: Mapping[str, str] | None = None,
) -> Estate:
    occupants = [Occupant(vserver, node, None, (bound or {}).get(name, "")) for name, (vserver, node) in homes.items()]
    return Estate(hosts, occupants, {}, affinities or Affinities(), domains or {})
