# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before a dataset is given away or destroyed: what lies on it that is not its owner's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...model.errors import Refused
from ...model.vserver import Dataset
from ...model.zone import ZoneConfig
from ..actual import NodeActual
from ..context import NodeContext
from . import driver

_BY_HAND = {"zfs": "zfs destroy -r {name}", "svm": "metaclear -s {dataset} {rest}", "vxvm": "vxedit -g {dataset} -rf rm {rest}"}


#: Devices of what lies on a dataset: zvols (zfs(8)), metadevices of a set (metainit(1M)), volumes of a disk group (vxassist(1M)).
_DEVICES = {
    "zfs": ("/dev/zvol/dsk/{0}/", "/dev/zvol/rdsk/{0}/"),
    "svm": ("/dev/md/{0}/",),
    "vxvm": ("/dev/vx/dsk/{0}/", "/dev/vx/rdsk/{0}/"),
}


def check_nobodys(dataset: Dataset, vserver: str, holders: Mapping[str, str], actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where the dataset that goes away is of another vServer than ``vserver`` ('': of none), or a zone uses some of it.

    ``holders`` are the vServers that the repository knows to have it: name → where it knows it from.
    """
    whose = _whose(dataset, vserver)
    others = {name: why for name, why in holders.items() if name != vserver}
    if others:
        name, why = next(iter(others.items()))
        raise Refused(
            f"{whose}: it belongs to vServer {name} in the repository ({why}). Nothing was done. Say vserver: {name} if that is meant, or "
            "give it away or remove it with that vServer (heliostat.vdc.vservers with state detached or absent)."
        )
    inside = driver.of(dataset).inside(dataset, actual)
    homes = {mountpoint for mountpoint in inside.values() if mountpoint.startswith("/") and mountpoint != "/"}
    for zone, config in sorted(actual.configs.items()):
        used = next((one for one in _uses(config) if zone != vserver and _on(one, dataset, homes)), "")
        if used:
            state = actual.zones[zone].state if zone in actual.zones else "configured"
            raise Refused(
                f"{whose}: zone {zone} ({state}) of node {context.node} uses {used}, as its configuration says. Nothing was done. "
                "Remove that from the zone first."
            )


def _whose(dataset: Dataset, vserver: str) -> str:
    return f"dataset {dataset.name} of vServer {vserver}" if vserver else f"dataset {dataset.name}"


def _uses(config: ZoneConfig) -> list[str]:
    """The file systems and devices of the node that a zone's configuration names."""
    keys = {"dataset": ("name",), "fs": ("special", "raw"), "device": ("match",)}
    found = [(resource.properties.get(key, "")) for kind, names in keys.items() for resource in config.of_kind(kind) for key in names]
    return [config.properties.get("zonepath", ""), *(value for value in found if isinstance(value, str))]


def _on(used: str, dataset: Dataset, homes: Collection[str]) -> bool:
    begins = [device.format(dataset.name) for device in _DEVICES[dataset.manager]] + [f"{home}/" for home in homes]
    begins += [f"{dataset.name}/"] if dataset.manager == "zfs" else []
    return any(f"{used}/".startswith(begin) for begin in begins) and bool(used)


def check(dataset: Dataset, owner: str, declared: Collection[str], actual: NodeActual, context: NodeContext, *, doomed: bool) -> None:
    """Raises Refused where another zone lies on it or, when it is ``doomed``, anything that is not ``declared`` (DATASET/NAME).

    ``owner`` is the vServer whose it is, '' where it is nobody's."""
    inside = driver.of(dataset).inside(dataset, actual)
    homes = {mountpoint: name for name, mountpoint in inside.items()}
    for status in actual.zones.values():
        if status.name != owner and status.path in homes and status.path != "/":
            raise Refused(
                f"{_whose(dataset, owner)}: zone {status.name} ({status.state}) of node {context.node} lies on it, "
                f"in {homes[status.path]}. Nothing was done. Move or remove that zone first."
            )
    if not doomed:
        return
    tops = {"/".join(name.partition("@")[0].rstrip("%").split("/")[:2]) for name in inside if "/" in name}
    foreign = sorted(tops - set(declared))
    if foreign:
        by_hand = _BY_HAND[dataset.manager].format(name=foreign[0], dataset=dataset.name, rest=foreign[0].partition("/")[2])
        raise Refused(
            f"{_whose(dataset, owner)} holds what it does not declare: {', '.join(foreign)}. Nothing was done. "
            f"Declare it, or destroy it by hand first ('{by_hand}')."
        )
