# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small estate for the repository's tests."""

from __future__ import annotations

from typing import Any

from netaddr import IPNetwork

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.network import Address, Link
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.node import NodeFacts
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Attachment, Dataset, Filesystem, Resources, VServer

GIB = 1 << 30


def guid(number: int) -> str:
    return f"60060E8007C3A4000030C3A4{number:08X}"


def facts(number: int = 1, **more: Any) -> NodeFacts:
    given: dict[str, Any] = {
        "hostname": f"n{number}",
        "release": Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc", version="11.4.42.111.0"),
        "model": "SPARC T8-1",
        "cpus": 256,
        "memory": 512 * GIB,
        "hostid": f"8640{number:04x}",
        "disks": (Disk("c1t0d0", size=300 * GIB), *(Disk(f"c0t{guid(lun)}d0", guid(lun), 50 * GIB, paths=4) for lun in range(1, 5))),
        "links": (Link("net0", mtu=1500, state="up", device="ixgbe0"), Link("net1", state="up", device="ixgbe1")),
        "addresses": (Address("net0", f"192.0.2.{number}/24", name="net0/v4", state="ok", kind="static"),),
        "brands": ("solaris", "solaris10"),
    }
    return NodeFacts(**given | more)


def vserver(name: str = "web1", number: int = 1, **more: Any) -> VServer:
    given: dict[str, Any] = {
        "name": name,
        "compute_pool": "production",
        "brand": "solaris",
        "datasets": (Dataset(f"{name}_data", (guid(2 * number - 1), guid(2 * number)), "mirror"),),
        "filesystems": (
            Filesystem("root", f"{name}_data", "zone", size=20 * GIB),
            Filesystem("lofs", mountpoint="/software", source="/export/software", options=("ro",)),
        ),
        "networks": (Attachment("lan", IPNetwork(f"198.51.100.{10 + number % 200}/24")),),
        "resources": Resources(memory=8 * GIB, cpu_cap=2.5),
    }
    return VServer(**given | more)
