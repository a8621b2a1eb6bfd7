# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs under whatever volume manager: which disk of a node is which, what lies on one, what is to be warned of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...model.errors import Refused
from ...model.names import device_guid
from ...model.storage import Disk, Pool, Vdev
from ...model.vserver import Dataset, Manager
from ..actual import NodeActual
from ..context import NodeContext

_SUFFICES = 0.03  # of a LUN's size: labels, replicas and rounding take less


def guid_of(device: str, actual: NodeActual) -> str:
    """A disk's GUID, told by its name or by what the node said of it; else the name."""
    plain = re.sub(r"(d[0-9]+)s[0-9]+\Z", r"\1", device)
    devices = {disk.device: guid for guid, disk in (actual.disks or {}).items()}
    return device_guid(device) or devices.get(plain) or actual.virtual.get(plain) or device


def members(vdevs: Iterable[Vdev], actual: NodeActual) -> list[str]:
    """The disks of a pool's tree in order: GUIDs where they have one, else device names."""
    found: list[str] = []
    for vdev in vdevs:
        if vdev.children:
            found += members(vdev.children, actual)
        elif vdev.kind == "disk":
            found.append(guid_of(_last_name(vdev), actual))
    return found


def elsewhere(pool: Pool, actual: NodeActual) -> Pool:
    """A pool of this node as another node reads it: names of virtual disks mean other LUNs there."""
    return replace(pool, vdevs=tuple(_renamed(vdev, actual) for vdev in pool.vdevs)) if actual.virtual else pool


def _renamed(vdev: Vdev, actual: NodeActual) -> Vdev:
    guid = guid_of(vdev.name, actual)
    name = (
        vdev.name if vdev.kind != "disk" or device_guid(vdev.name) else f"c0t{guid}d0" if guid != vdev.name else f"{guid} of the other node"
    )
    return replace(vdev, name=name, children=tuple(_renamed(child, actual) for child in vdev.children))


def _last_name(vdev: Vdev) -> str:
    """A disk that cannot be opened may have lost its name to its number in ZFS; then ``was /dev/dsk/c0t...d0s0`` follows its counters."""
    was = re.search(r"\bwas /dev/(?:r?dsk/)?(\S+)", vdev.note)
    return was[1] if was and vdev.name.isdecimal() else vdev.name


def same(have: Sequence[str], dataset: Dataset) -> bool:
    """Whether these disks are the declared LUNs. Disks that are only known by a number can be the declared ones that are lost."""
    nameless = [name for name in have if name.isdecimal() and name not in dataset.luns]
    named = [name for name in have if name not in nameless]
    lost = set(dataset.luns) - set(named)
    return bool(named) and set(named) <= set(dataset.luns) and len(set(named)) == len(named) and len(nameless) == len(lost)


def check_owner(dataset: Dataset, owner: str, context: NodeContext) -> None:
    """Raises Refused where the repository knows another vServer to use one of the LUNs."""
    for guid in dataset.luns:
        holder = context.lun_owners.get(guid)
        if holder and holder != owner:
            raise Refused(
                f"dataset {dataset.name} of vServer {owner}: LUN {guid} belongs to vServer {holder} in the repository. Choose another LUN."
            )


def check_new(dataset: Dataset, owner: str, context: NodeContext, look_for: str) -> None:
    """Raises Refused where the repository knows that the dataset was made before: what is gone may still be brought back."""
    if dataset.name in context.created:
        raise Refused(
            f"dataset {dataset.name} of {owner}: it was made before, and node {context.node} neither has it nor is offered it. No new one "
            f"is made over what its LUNs may hold: look for it on its other nodes and here ({look_for}). Only if its data is given up, "
            f"remove the vServer with state absent and destroy naming {dataset.name}, then deploy it anew."
        )


def check_seen(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where a LUN of a dataset that is to be destroyed, and was not found, is not seen at all."""
    unseen = [guid for guid in dataset.luns if actual.disks is not None and guid not in actual.disks]
    if unseen:
        raise Refused(
            f"dataset {dataset.name} of {owner}: node {context.node} does not see LUN {unseen[0]}, so whether its data is still there "
            "is not known. Destroy it from a node that sees its LUNs. Nothing was done."
        )


def carried(guid: str, actual: NodeActual, manager: Manager = "zfs") -> str:
    """What lies on a LUN, of any volume manager, in words; '' for nothing that this node knows of, and that ``manager`` minds."""
    for pool in actual.pools.values():
        if guid in members(pool.vdevs, actual):
            return f"is in pool {pool.name}, imported"
    for pool in actual.importable or ():
        if guid in members(pool.vdevs, actual):
            user = pool.last_host or ("another system" if "another system" in pool.status else "")
            used = f", last used by {user} and never exported" if user else ""
            return f"carries pool {pool.name} (id {pool.pool_id}{used}), seen"
    if actual.svm:
        for found in actual.svm.sets.values():
            if guid in [guid_of(drive, actual) for drive in found.drives]:
                owner = f", owned by {found.owner}" if found.owner else ""
                return f"is in disk set {found.name}{owner}, known"
        if guid in [guid_of(drive, actual) for drive in actual.svm.loose or ()]:
            return "carries a disk set of other hosts, seen (metaimport -r)"
    for device in actual.vxvm.devices.values() if actual.vxvm else ():
        if guid not in [guid_of(native, actual) for native in device.natives]:
            continue
        if device.group:
            used = "imported" if device.imported else f"not imported{f', last used by {device.host}' if device.host else ''}, seen"
            return f"is in disk group {device.group}, {used}"
        if device.type.upper().endswith((":SVM", ":ZFS")):
            return f"is marked {device.type.rpartition(':')[2]} by VxVM, seen"
        if manager != "vxvm" and device.status == "online":
            return f"is set up for VxVM, which frees it by 'vxdiskunsetup {device.name}', seen"
    return ""


def free_disk(dataset: Dataset, guid: str, actual: NodeActual, context: NodeContext) -> Disk:
    """The node's disk for a LUN on which nothing lies. Raises Refused, saying what does."""
    disk = (actual.disks or {}).get(guid)
    if disk is None:
        raise Refused(
            f"dataset {dataset.name}: node {context.node} does not see LUN {guid}. {_nameless(actual)}Map it to the node, or choose a node "
            "that sees it."
        )
    found = carried(guid, actual, dataset.manager)
    if found:
        raise Refused(f"dataset {dataset.name}: LUN {guid} {found} on node {context.node}. Choose another LUN.")
    for raw, kind in actual.kinds.items():
        if kind and raw.startswith(f"/dev/rdsk/{disk.device}s"):
            raise Refused(
                f"dataset {dataset.name}: LUN {guid} holds a file system of type {kind} on {raw} of node {context.node}. "
                "Choose another LUN, or overwrite that file system by hand if its data is given up."
            )
    return disk


def _nameless(actual: NodeActual) -> str:
    """Of a guest domain: which of its disks could be anything."""
    unknown = sorted(device for device, guid in actual.virtual.items() if not guid)
    if not unknown:
        return ""
    return f"(Its virtual disks {', '.join(unknown)} tell no GUID: only a whole LUN as back end does, no slice, file or volume.) "


def warnings(dataset: Dataset, have: Sequence[str], actual: NodeActual, context: NodeContext) -> list[str]:
    """What is not well with the dataset's LUNs though it works: mirrors in one array, lost paths, LUNs of different sizes."""
    return [*_one_array(dataset, context), *_paths(dataset, have, actual, context), *_sizes(dataset, have, actual)]


def mirrors(dataset: Dataset) -> list[tuple[str, ...]]:
    """The groups of LUNs that mirror each other."""
    if dataset.layout == "mirror":
        return [dataset.luns]
    pairs = dataset.layout == "stripe_of_mirrors" and dataset.manager != "vxvm"  # vxassist pairs as it likes
    return [dataset.luns[first : first + 2] for first in range(0, len(dataset.luns), 2)] if pairs else []


def _one_array(dataset: Dataset, context: NodeContext) -> list[str]:
    found = []
    for halves in mirrors(dataset):
        known = {context.arrays.get(guid, "") for guid in halves}
        if len(known) == 1 and "" not in known:
            both = " and ".join(halves)
            found.append(f"dataset {dataset.name}: {both} mirror each other and lie in one array, {known.pop()}: both are lost with it")
    return found


def _known(guid: str, actual: NodeActual) -> Disk | None:
    by_guid = {guid_of(name, actual): disk for name, disk in (actual.seen or {}).items()}
    return by_guid.get(guid) or (actual.disks or {}).get(guid)


def _paths(dataset: Dataset, have: Sequence[str], actual: NodeActual, context: NodeContext) -> list[str]:
    found = []
    for guid in have:
        disk = _known(guid, actual)
        if disk is None or disk.paths is None or disk.all_paths is None:
            continue
        if disk.paths < disk.all_paths:
            found.append(
                f"dataset {dataset.name}: LUN {guid} has {disk.paths} of {disk.all_paths} paths on node {context.node} (mpathadm show lu)"
            )
        elif disk.all_paths == 1:
            found.append(f"dataset {dataset.name}: LUN {guid} has one path only on node {context.node}: it is lost with it")
    return found


def sizes(have: Sequence[str], actual: NodeActual) -> dict[str, int]:
    """Sizes of those LUNs of which the node told one."""
    return {guid: disk.size for guid in have if (disk := _known(guid, actual)) and disk.size}


def _sizes(dataset: Dataset, have: Sequence[str], actual: NodeActual) -> list[str]:
    known = sizes(have, actual)
    for halves in mirrors(dataset) or ([tuple(have)] if dataset.layout != "single" else []):
        mine = [known[guid] for guid in halves if guid in known]
        if mine and max(mine) - min(mine) > _SUFFICES * max(mine):
            told = ", ".join(f"{guid} {known[guid]}" for guid in halves if guid in known)
            return [f"dataset {dataset.name}: its LUNs differ in size ({told} bytes); what one has more than another may lie idle"]
    return []


def grown(dataset: Dataset, have: Sequence[str], used: int, actual: NodeActual) -> int:
    """Bytes that the LUNs have more than the dataset uses of them: they were enlarged in the array. 0 where that is not known."""
    known = sizes(have, actual)
    if len(known) < len(have) or not used:
        return 0
    if dataset.layout in ("single", "stripe"):
        whole = sum(known.values())
    else:
        width = len(have) if dataset.layout == "mirror" else 2
        whole = sum(min(known[guid] for guid in have[first : first + width]) for first in range(0, len(have), width))
    more = whole - used
    return more if more > max(_SUFFICES * whole, 1 << 28) else 0
