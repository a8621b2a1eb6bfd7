# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing empty is put in the place of something that held data.

Datasets are made before file systems, these before the zone's configuration, this before the installation: whatever a configured
zone uses did exist. Where it is gone it was destroyed or lost, and may still be brought back as long as nothing is written over it.
"""

from __future__ import annotations

import re

from ...model.errors import Refused
from ...model.vserver import Dataset, Filesystem, VServer
from ...model.zone import ZoneConfig
from ..actual import NodeActual
from ..context import NodeContext

_VOLUME = re.compile(r"/dev/(?:md/(?P<set>[^/]+)/dsk|vx/dsk/(?P<group>[^/]+))/(?P<name>[^/]+)\Z")
_LOOK_FOR = {"zfs": "'zpool import', 'zpool import -D'", "svm": "'metaset', 'metaimport -r'", "vxvm": "'vxdisk -o alldgs list'"}


def check_dataset(dataset: Dataset, vserver: VServer, actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where a dataset that is neither here nor offered belonged to a zone that is configured."""
    owner = vserver.name
    config = actual.configs.get(owner)
    if config is None or not (
        dataset.name == vserver.root.dataset or any(used.startswith(f"{dataset.name}/") for used in _mounted(config))
    ):
        return
    raise Refused(
        f"dataset {dataset.name}: zone {owner} on node {context.node} uses it, but it is not there and none is offered. "
        f"No new one is made over what its LUNs may hold: look for it ({_LOOK_FOR[dataset.manager]}). Only if its data is given up, "
        f"remove the zone by hand first (zoneadm -z {owner} uninstall -F; zonecfg -z {owner} delete -F)."
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
        how = f"make it by hand (zfs create -o mountpoint=legacy {filesystem.zfs})"
        if filesystem.fstype:
            how = f"take it out of the zone first (zonecfg -z {name} 'remove fs dir={filesystem.mountpoint}')"
        raise Refused(
            f"vServer {name}: its zone mounts file system {filesystem.zfs}, which does not exist. No empty one is put in its place: "
            f"bring it back, or, if its data is given up, {how}."
        )


def _mounted(config: ZoneConfig) -> list[str]:
    """What the zone mounts, as DATASET/NAME."""
    return [name for resource in config.of_kind("fs") if (name := mounted_name(str(resource.properties.get("special", ""))))]


def mounted_name(special: str) -> str:
    """DATASET/NAME of what an fs resource mounts: a ZFS file system's name, or a volume's device; '' for anything else."""
    return volume_name(special) or ("" if special.startswith("/") else special)


def volume_name(device: str) -> str:
    """DATASET/NAME of a volume's block device; '' for any other path."""
    found = _VOLUME.match(device)
    return f"{found['set'] or found['group']}/{found['name']}" if found else ""
