# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFS on soft partitions of a disk set: made, grown, renamed while unmounted, cleared; never shrunk."""

from __future__ import annotations

from typing import Any

from ...commands import svm_sets, ufs
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import BLOCK, Metadevice
from ...model.vserver import Dataset, Filesystem, VServer
from ..actual import NodeActual
from ..context import NodeContext
from . import volume
from .replacement import check_filesystem
from .volume import Device

TOP = "d0"
#: A soft partition has a block of its own before each of its extents, and the first starts on a boundary; metattach rounds too.
_SPARE = 1 << 20


def owned(name: str, actual: NodeActual) -> bool:
    """Whether this node owns the disk set."""
    found = actual.svm.sets.get(name) if actual.svm else None
    return found is not None and actual.svm is not None and found.hosts.get(actual.svm.host, False)


def _devices(name: str, actual: NodeActual) -> dict[str, Metadevice]:
    found = actual.svm.sets.get(name) if actual.svm else None
    return dict(found.devices or {}) if found else {}


def _files(dataset: str, name: str) -> Device:
    return Device(svm_sets.block_device(dataset, name), svm_sets.raw_device(dataset, name))


def present(filesystem: Filesystem, vserver: VServer, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps for a root or data file system, and warnings."""
    devices = _devices(filesystem.dataset, actual)
    device = _files(filesystem.dataset, filesystem.name)
    have = devices.get(filesystem.name)
    now = device
    steps: list[Step] = []
    if have is None and filesystem.renamed_from in devices:
        have, now = devices[filesystem.renamed_from], _files(filesystem.dataset, filesystem.renamed_from)
        rename = svm_sets.rename(filesystem.dataset, filesystem.renamed_from, filesystem.name)
        steps.append(volume.renamed(filesystem, vserver, now, rename, actual, context))
    if have is not None and have.kind != "soft":
        raise Refused(f"vServer {vserver.name}: {filesystem.zfs} is a {have.kind}, no soft partition. Declare another name.")
    size = filesystem.size or 0
    warnings: list[str] = []
    if have is None:
        check_filesystem(filesystem, vserver, actual)
        _check_room(filesystem, vserver, size, devices, context)
        make = svm_sets.soft_partition(filesystem.dataset, filesystem.name, TOP, size)
        steps.append(Step(vserver.name, f"create volume {filesystem.zfs} of {size} bytes", "it does not exist", make))
    elif have.state != "Okay":
        raise Refused(
            f"vServer {vserver.name}: volume {filesystem.zfs} is {have.state}. Repair it first ('metastat -s {filesystem.dataset}')."
        )
    else:
        grown, warnings = _sized(filesystem, vserver, have, now, device, devices, actual, context)
        steps += grown
    return [*steps, *volume.filled(filesystem, vserver, device, now, have is None, actual)], warnings


def room(devices: dict[str, Metadevice]) -> int | None:
    """Bytes of d0 that no soft partition has; None while there is no d0."""
    top = devices.get(TOP)
    if top is None:
        return None
    used = sum((count + 1) * BLOCK for device in devices.values() if device.kind == "soft" for _start, count in device.extents)
    return max(0, top.size - used - _SPARE)


def _check_room(filesystem: Filesystem, vserver: VServer, more: int, devices: dict[str, Metadevice], context: NodeContext) -> None:
    left = room(devices)
    if left is not None and more > left:
        raise Refused(
            f"vServer {vserver.name}: {filesystem.zfs} needs {more} bytes more, disk set {filesystem.dataset} on node {context.node} has "
            f"{left} left. Declare a smaller size, or give the set more LUNs by hand (metaset -a, metattach)."
        )


def _sized(
    filesystem: Filesystem,
    vserver: VServer,
    have: Metadevice,
    now: Device,
    device: Device,
    devices: dict[str, Metadevice],
    actual: NodeActual,
    context: NodeContext,
) -> tuple[list[Step], list[str]]:
    size = filesystem.size or 0
    if size < have.size - _SPARE:
        return [], [
            (
                f"vServer {vserver.name}: {filesystem.zfs} has {have.size} bytes, declared are {size}. A file system is never shrunk: "
                "it stays as it is. Declare what it has."
            )
        ]
    steps = []
    if size > have.size:
        _check_room(filesystem, vserver, size - have.size, devices, context)
        grow = svm_sets.grow(filesystem.dataset, filesystem.name, size - have.size)
        steps.append(Step(vserver.name, f"grow volume {filesystem.zfs} to {size} bytes", f"it has {have.size}", grow))
    span = actual.spans.get(now.raw)
    behind = span is not None and have.size - span > max(have.size // 50, 16 << 20)  # whole cylinder groups: a little is always left
    if actual.kinds.get(now.raw) == "ufs" and (steps or behind):
        at = volume.mounted_at(now, actual)
        grow = ufs.grow(device.raw, at[0] if at else "")
        why = f"its volume is larger than its {span} bytes" if behind and not steps else "its volume has grown"
        steps.append(Step(vserver.name, f"grow file system {filesystem.zfs}", why, grow, refused_by=ufs.REFUSED_BY))
    return steps, []


def removed(dataset: Dataset, name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Clears one soft partition that is no more declared; the caller has checked that it was named. Raises Refused while it is busy."""
    have = _devices(dataset.name, actual).get(name)
    if have is None:
        return []
    if have.kind != "soft":
        raise Refused(f"vServer {vserver.name}: {dataset.name}/{name} is a {have.kind}, which carries others. Nothing was done.")
    volume.check_unmounted(f"{dataset.name}/{name}", vserver, _files(dataset.name, name), actual, context)
    what = f"destroy volume {dataset.name}/{name}"
    return [Step(vserver.name, what, "its destruction was asked for by name", svm_sets.clear(dataset.name, name))]


def described(filesystem: Filesystem, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where it does not exist."""
    have = _devices(filesystem.dataset, actual).get(filesystem.name)
    if have is None:
        return None
    return {"type": actual.kinds.get(svm_sets.raw_device(filesystem.dataset, filesystem.name)) or "none", "size": have.size}


def predicted(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    devices = _devices(filesystem.dataset, actual)
    have = devices.get(filesystem.name) or devices.get(filesystem.renamed_from)
    size = -(-(filesystem.size or 0) // BLOCK) * BLOCK
    return {"type": filesystem.fstype, "size": max(size, have.size if have else 0)}
