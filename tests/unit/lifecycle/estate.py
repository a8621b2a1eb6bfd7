# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small declared data centre, and a node's answers, for the planners' tests."""

from __future__ import annotations

from typing import Any

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle import zone_definition
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import zfs_filesystem as filesystem
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import declaration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk, Pool, Vdev, Zfs, ZfsProperty
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import VServer
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

LUNS = {f"lun{number}": f"60060E8007C3F2000030C3F2000001{number:02X}" for number in range(1, 9)}
NETWORKS = {
    "management": {"type": "management", "subnet": "10.40.0.0/24", "gateway": "10.40.0.1"},
    "public": {"type": "public", "subnet": "10.41.0.0/24", "gateway": "10.41.0.1"},
    "customers": {"type": "public", "subnet": "10.43.20.0/24", "vlan": 120},
}
WEB1: dict[str, Any] = {
    "compute_pool": "production",
    "datasets": [{"name": "web1", "layout": "mirror", "luns": ["lun1", "lun2"]}],
    "filesystems": [{"type": "root", "dataset": "web1"}, {"type": "data", "dataset": "web1", "mountpoint": "/srv/www", "size": "5G"}],
    "networks": [{"network": "management", "address": "10.40.0.51"}, {"network": "public", "address": "10.41.0.51"}],
    "resources": {"memory": "4G"},
}

S11 = Release("s11.4", "Oracle Solaris 11.4 SPARC", "sparc")
S10 = Release("s10", "Oracle Solaris 10 1/13 SPARC", "sparc", 11)


def vserver(name: str = "web1", **changes: Any) -> VServer:
    return declaration.vserver(name, WEB1 | changes, declaration.networks(NETWORKS), declaration.luns(LUNS))


def context(release: Release = S11, **options: Any) -> NodeContext:
    links = {"management": "igb0", "public": "igb1"} if release.is_solaris10 else {"management": "net0", "public": "net1"}
    return NodeContext("t8a", release, declaration.networks(NETWORKS), links, **options)  # type: ignore[arg-type]


def pool(name: str, *luns: str, layout: str = "mirror", **options: Any) -> Pool:
    disks = tuple(Vdev(f"c0t{LUNS[lun]}d0", "disk", "ONLINE") for lun in luns)
    vdevs = (Vdev("mirror-0", "mirror", "ONLINE", disks),) if layout == "mirror" else disks
    return Pool(name, options.pop("state", "ONLINE"), vdevs, **options)


def zfs(name: str, mountpoint: str, quota: int = 0, mounted: str = "yes") -> Zfs:
    values = {"mountpoint": mountpoint, "quota": str(quota), "mounted": mounted}
    return Zfs(name, {key: ZfsProperty(values[key], "local") for key in filesystem.PROPERTIES})


def nothing(**options: Any) -> NodeActual:
    """A node that sees all LUNs and has no vServer."""
    disks = {guid: Disk(f"c0t{guid}d0", guid, 20 << 30) for guid in LUNS.values()}
    return NodeActual(**({"zones": {}, "pools": {}, "importable": (), "disks": disks, "zonepaths": {}, "complete": True} | options))


def deployed(state: str = "running", **options: Any) -> NodeActual:
    """web1 as it should be on a Solaris 11 node."""
    have: dict[str, Any] = {
        "zones": {"web1": ZoneStatus("web1", state, "/zones/web1", brand="solaris", ip_type="exclusive")},
        "pools": {"web1": pool("web1", "lun1", "lun2")},
        "configs": {"web1": zone_definition.wanted(vserver(), context())},
        "zfs": {"web1/zone": zfs("web1/zone", "/zones/web1"), "web1/srv_www": zfs("web1/srv_www", "legacy", 5 << 30, "no")},
        "milestones": {"web1": "online"} if state == "running" else {},
        "complete": True,
    }
    return NodeActual(**(have | options))
