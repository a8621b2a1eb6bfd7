# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing empty is put in the place of something that held data.

Datasets are made before file systems, these before the zone's configuration, this before the installation: whatever a configured
zone uses did exist. Where it is gone it was destroyed or lost, and may still be brought back as long as nothing is written over it.
"""

from __future__ import annotations

from ..model.errors import Refused
from ..model.vserver import Filesystem, VServer
from ..model.zone import ZoneConfig
from .actual import NodeActual
from .context import NodeContext


def check_dataset(name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where the dataset ``name``, neither imported nor offered, belonged to a zone that is configured."""
    config = actual.configs.get(vserver.name)
    if config is None or not (name == vserver.root.dataset or any(used.startswith(f"{name}/") for used in _mounted(config))):
        return
    raise Refused(
        f"dataset {name}: zone {vserver.name} on node {context.node} uses it, but no pool {name} is imported there and none is offered. "
        "No new one is made over what its LUNs may hold: look for it ('zpool import', 'zpool import -D'). Only if its data is given up, "
        f"remove the zone by hand first (zoneadm -z {vserver.name} uninstall -F; zonecfg -z {vserver.name} delete -F)."
    )


def check_filesystem(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> None:
    """Raises Refused where a file system that does not exist belonged to a zone that is installed, or configured with it."""
    name = vserver.name
    if filesystem.type == "root":
        status = actual.zones.get(name)
        if status is not None and status.state not in ("configured", "incomplete"):
            raise Refused(
                f"vServer {name}: the zone is {status.state}, but its file system {filesystem.zfs} does not exist. No empty one is put in "
                f"its place: bring it back, or, if its data is given up, remove the zone by hand first (zoneadm -z {name} uninstall -F)."
            )
        return
    config = actual.configs.get(name)
    if config is not None and filesystem.zfs in _mounted(config):
        raise Refused(
            f"vServer {name}: its zone mounts file system {filesystem.zfs}, which does not exist. No empty one is put in its place: "
            f"bring it back, or, if its data is given up, make it by hand (zfs create -o mountpoint=legacy {filesystem.zfs})."
        )


def _mounted(config: ZoneConfig) -> list[str]:
    return [str(resource.properties.get("special")) for resource in config.of_kind("fs") if resource.properties.get("type") == "zfs"]
