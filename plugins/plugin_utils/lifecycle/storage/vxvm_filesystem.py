# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems on VxVM volumes: made in the dataset's layout, grown by vxresize, renamed while unmounted, removed; never shrunk."""

from __future__ import annotations

from typing import Any

from ...commands import mount, ufs, vxvm_groups
from ...model.errors import Refused
from ...model.plan import Step
from ...model.volumes import BLOCK, DiskGroup, Volume
from ...model.vserver import Dataset, Filesystem, VServer
from ..actual import NodeActual
from ..context import NodeContext
from . import volume
from .replacement import check_filesystem
from .volume import Device

#: vxassist rounds up, to whole stripes where there are any.
_ROUNDING = 16 << 20
_ASIDE = "/var/run/heliostat-grow"


def _group(name: str, actual: NodeActual) -> DiskGroup | None:
    return actual.vxvm.groups.get(name) if actual.vxvm else None


def outer(group: DiskGroup) -> list[str]:
    """The volumes that are no layer of another one."""
    layers = {layer for one in group.volumes.values() for plex in one.plexes for layer in plex.layers}
    return sorted(set(group.volumes) - layers)


def _files(dataset: str, name: str) -> Device:
    return Device(vxvm_groups.block_device(dataset, name), vxvm_groups.raw_device(dataset, name))


def present(filesystem: Filesystem, vserver: VServer, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps for a root or data file system, and warnings."""
    group = _group(filesystem.dataset, actual)
    volumes = dict(group.volumes) if group else {}
    dataset = vserver.dataset(filesystem.dataset)
    device = _files(filesystem.dataset, filesystem.name)
    have = volumes.get(filesystem.name)
    now = device
    steps: list[Step] = []
    if have is None and filesystem.renamed_from in volumes:
        have, now = volumes[filesystem.renamed_from], _files(filesystem.dataset, filesystem.renamed_from)
        rename = vxvm_groups.rename(filesystem.dataset, filesystem.renamed_from, filesystem.name)
        steps.append(volume.renamed(filesystem, vserver, now, rename, actual, context))
    if have is None:
        check_filesystem(filesystem, vserver, actual)
        size = filesystem.size or 0
        _check_room(filesystem, vserver, size, actual, context)
        disks = _disks(dataset, group, actual)
        make = vxvm_groups.make(filesystem.dataset, filesystem.name, size, dataset.layout, disks)
        what = f"create volume {filesystem.zfs} of {size} bytes"
        steps.append(Step(vserver.name, what, "it does not exist", make, refused_by=vxvm_groups.REFUSED_BY))
        return [*steps, *volume.filled(filesystem, vserver, device, now, True, actual)], []
    warnings = _checked(filesystem, vserver, dataset, have, group)
    grown, said = _sized(filesystem, vserver, have, now, device, actual, context)
    return [*steps, *volume.filled(filesystem, vserver, device, now, False, actual), *grown], [*warnings, *said]


def _disks(dataset: Dataset, group: DiskGroup | None, actual: NodeActual) -> list[str]:
    """Disk media names, in the declared order of their LUNs as far as it is known."""
    if group is None:
        return [f"{dataset.name[:27]}{number:02}" for number in range(1, len(dataset.luns) + 1)]
    return sorted(group.disks)


def _checked(filesystem: Filesystem, vserver: VServer, dataset: Dataset, have: Volume, group: DiskGroup | None) -> list[str]:
    """Warnings where a copy of the volume is not well. Raises Refused where no copy is whole, or the layout is another."""
    found = vxvm_groups.layout(have, group) if group else ""
    inner = [group.volumes[layer] for plex in have.plexes for layer in plex.layers if layer in group.volumes] if group else []
    plexes = [plex for one in (inner or [have]) for plex in one.plexes]
    bad = [f"{plex.name} {plex.kstate}/{plex.state}" for plex in plexes if have.kstate == "ENABLED" and plex.kstate != "ENABLED"]
    if have.kstate not in ("ENABLED", "DISABLED") or (bad and len(bad) == len(plexes)):
        raise Refused(
            f"vServer {vserver.name}: volume {filesystem.zfs} is {have.kstate}/{have.state}{', ' if bad else ''}{', '.join(bad)}. "
            f"Repair it first ('vxprint -g {filesystem.dataset} -ht')."
        )
    lost = {"mirror": "single"}  # a mirror that is down to one plex
    if found != dataset.layout and lost.get(dataset.layout) != found:
        raise Refused(
            f"vServer {vserver.name}: volume {filesystem.zfs} has layout {found}, declared is {dataset.layout}. "
            "Correct the declaration, or the volume by hand (vxassist convert, relayout)."
        )
    if found != dataset.layout:
        bad.append(f"one copy of {len(dataset.luns)} is left")
    return [f"volume {filesystem.zfs} is impaired: {', '.join(bad)} (vxprint -g {filesystem.dataset} -ht)"] if bad else []


def _check_room(filesystem: Filesystem, vserver: VServer, more: int, actual: NodeActual, context: NodeContext) -> None:
    left = actual.rooms.get(filesystem.dataset)
    if left is not None and more > left:
        raise Refused(
            f"vServer {vserver.name}: {filesystem.zfs} needs {more} bytes more, disk group {filesystem.dataset} on node {context.node} has "
            f"{left} left (vxassist maxsize). Declare a smaller size, or give the group more LUNs by hand (vxdg adddisk)."
        )


def _sized(
    filesystem: Filesystem, vserver: VServer, have: Volume, now: Device, device: Device, actual: NodeActual, context: NodeContext
) -> tuple[list[Step], list[str]]:
    """vxfs grows while it is mounted only: one that its zone has not mounted is mounted aside meanwhile. A root is mounted before."""
    name, size = vserver.name, filesystem.size or 0
    aside = f"{_ASIDE}/{filesystem.dataset}.{filesystem.name}"
    at = volume.mounted_at(now, actual)
    kind = actual.kinds.get(now.raw)
    unmount = [Step(name, f"unmount {filesystem.zfs} from {aside}", "it was there to grow", mount.detach(aside))]
    if size < have.size - _ROUNDING:
        return unmount if aside in at else [], [
            (
                f"vServer {name}: {filesystem.zfs} has {have.size} bytes, declared are {size}. A file system is never shrunk: "
                "it stays as it is. Declare what it has."
            )
        ]
    if size <= have.size or not kind:  # none: an interrupted creation, it gets its file system first
        return unmount if aside in at else [], []
    _check_room(filesystem, vserver, size - have.size, actual, context)
    resize = vxvm_groups.resize(filesystem.dataset, filesystem.name, kind, size)
    what = f"grow file system {filesystem.zfs} to {size} bytes"
    grow = [Step(name, what, f"it has {have.size}", resize, refused_by=vxvm_groups.REFUSED_BY)]
    if kind != "vxfs" or filesystem.type == "root" or (at and aside not in at):
        return grow, []
    if aside in at:
        return [*grow, *unmount], []
    why = "vxfs grows while it is mounted only"
    first = [
        Step(name, f"make directory {aside}", why, mount.directory(aside)),
        Step(name, f"check file system {filesystem.zfs}", why, ufs.check(kind, device.raw)),
        Step(name, f"mount {filesystem.zfs} on {aside}", why, mount.attach(kind, device.block, aside)),
    ]
    return [*first, *grow, *unmount], []


def replayed(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> list[Step]:
    """Before its zone boots and mounts it: the log of a vxfs that is there. zoneadmd itself only looks (fsck -m), and does not boot a zone
    whose vxfs was mounted when its node went down.
    """
    group = _group(filesystem.dataset, actual)
    there = actual.vxvm is None or (group is not None and not {filesystem.name, filesystem.renamed_from}.isdisjoint(group.volumes))
    device = _files(filesystem.dataset, filesystem.name)
    if filesystem.fstype != "vxfs" or not there or volume.mounted_at(device, actual):
        return []
    why = "its log has to be replayed before the zone mounts it"
    return [Step(vserver.name, f"check file system {filesystem.zfs}", why, ufs.check(filesystem.fstype, device.raw))]


def removed(dataset: Dataset, name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Removes one volume that is no more declared; the caller has checked that it was named. Raises Refused while it is busy."""
    group = _group(dataset.name, actual)
    if group is None or name not in outer(group):
        return []
    volume.check_unmounted(f"{dataset.name}/{name}", vserver, _files(dataset.name, name), actual, context)
    what = f"destroy volume {dataset.name}/{name}"
    return [Step(vserver.name, what, "its destruction was asked for by name", vxvm_groups.remove(dataset.name, name))]


def described(filesystem: Filesystem, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where it does not exist."""
    group = _group(filesystem.dataset, actual)
    have = group.volumes.get(filesystem.name) if group else None
    if have is None:
        return None
    return {"type": actual.kinds.get(vxvm_groups.raw_device(filesystem.dataset, filesystem.name)) or "none", "size": have.size}


def predicted(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    group = _group(filesystem.dataset, actual)
    have = group.volumes.get(filesystem.name) or group.volumes.get(filesystem.renamed_from) if group else None
    size = -(-(filesystem.size or 0) // BLOCK) * BLOCK
    return {"type": filesystem.fstype, "size": max(size, have.size if have else 0)}
