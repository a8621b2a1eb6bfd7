# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems on volumes, whoever makes the volumes: what fstyp, mount and mkfs tell of them, and how they are made and mounted.

A root is mounted by us at the zone path before the zone is installed, attached or booted; data file systems the zone mounts itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...commands import mount, ufs, vxfs
from ...model.command import Command
from ...model.errors import Refused
from ...model.plan import Step
from ...model.vserver import Filesystem, VServer
from ..actual import NodeActual
from ..context import NodeContext
from .replacement import check_filesystem


@dataclass(frozen=True, slots=True)
class Device:
    """A volume's two device files."""

    block: str
    raw: str


def mounted_at(device: Device, actual: NodeActual) -> list[str]:
    return [entry.path for entry in actual.mounts or () if entry.device == device.block]


def filled(filesystem: Filesystem, vserver: VServer, device: Device, now: Device, new: bool, actual: NodeActual) -> list[Step]:
    """Steps that put a file system on the volume where it has none, and mount a root.

    ``now`` is the device as it is called at present (before a renaming); ``new``: the volume is made by earlier steps.
    """
    kind = "" if new else actual.kinds.get(now.raw)
    if kind is None:
        raise Refused(
            f"vServer {vserver.name}: fstyp cannot tell what is on {now.raw} ({filesystem.zfs}). Nothing is written over it: "
            f"look at the volume first ('fstyp {now.raw}')."
        )
    if kind and kind != filesystem.fstype:
        raise Refused(
            f"vServer {vserver.name}: {now.raw} ({filesystem.zfs}) holds a file system of type {kind}, declared is {filesystem.fstype}. "
            "Correct the declaration, or choose another name."
        )
    steps = []
    if not kind:
        check_filesystem(filesystem, vserver, actual)
        steps.append(_made(filesystem, vserver, device))
    return [*steps, *(_mounted(filesystem, vserver, device, now, bool(kind), actual) if filesystem.type == "root" else [])]


def _made(filesystem: Filesystem, vserver: VServer, device: Device) -> Step:
    make, refused_by = (ufs.make, ufs.REFUSED_BY) if filesystem.fstype == "ufs" else (vxfs.make, vxfs.REFUSED_BY)
    what = f"make file system {filesystem.zfs} ({filesystem.fstype})"
    return Step(vserver.name, what, "its volume holds none", make(device.raw), refused_by=refused_by)


def _mounted(filesystem: Filesystem, vserver: VServer, device: Device, now: Device, old: bool, actual: NodeActual) -> list[Step]:
    name, path = vserver.name, vserver.zonepath
    at = mounted_at(now, actual)
    foreign = [where for where in at if where != path]
    if foreign:
        raise Refused(f"vServer {name}: its root {filesystem.zfs} is mounted on {foreign[0]}. Unmount it there first.")
    over = [entry.device for entry in actual.mounts or () if entry.path == path and entry.device != now.block]
    if over:
        raise Refused(f"vServer {name}: {over[-1]} is mounted on {path}, not its root {filesystem.zfs}. Unmount it first.")
    known = (actual.zonepaths or {}).get(name)
    private = Step(name, f"make {path} private", "zoneadm takes a zone path of mode 0700 only", Command.of("chmod", "700", path))
    if at:
        return [private] if known is not None and known.mode != "drwx------" else []
    if known is not None and not known.empty:
        raise Refused(
            f"vServer {name}: {path} holds something while its root {filesystem.zfs} is not mounted there. Move that away first: "
            "it would be hidden."
        )
    why = "it is not mounted"
    steps = [] if known is not None else [Step(name, f"make directory {path}", "it does not exist", mount.directory(path))]
    if old:
        steps.append(Step(name, f"check file system {filesystem.zfs}", why, ufs.check(filesystem.fstype, device.raw)))
    steps.append(Step(name, f"mount {filesystem.zfs} on {path}", why, mount.attach(filesystem.fstype, device.block, path)))
    return [*steps, private]


def renamed(filesystem: Filesystem, vserver: VServer, now: Device, rename: Command, actual: NodeActual, context: NodeContext) -> Step:
    """The step ``rename``, from the volume ``now`` that is there. Raises Refused while that is mounted."""
    old = f"{filesystem.dataset}/{filesystem.renamed_from}"
    check_unmounted(old, vserver, now, actual, context)
    why = f"it is declared with renamed_from {filesystem.renamed_from}"
    return Step(vserver.name, f"rename volume {old} to {filesystem.zfs}", why, rename)


def check_unmounted(what: str, vserver: VServer, device: Device, actual: NodeActual, context: NodeContext) -> None:
    """Raises Refused where a volume that is to be renamed or removed is in use."""
    at = mounted_at(device, actual)
    if at:
        raise Refused(
            f"vServer {vserver.name}: {what} is mounted on {at[0]} of node {context.node}, so it is neither renamed nor destroyed. "
            "Halt the vServer first (state halted), or unmount it."
        )


def unmounted(prefix: str, name: str, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Unmounts the root of zone ``owner`` from a dataset that goes away. Raises Refused where others have something of it mounted.

    ``prefix`` is what the block devices of the dataset's volumes begin with. What lies below the zone's root the zone mounted,
    and unmounts when it is halted, which comes before.
    """
    path = f"/zones/{owner}"
    steps = []
    for entry in actual.mounts or ():
        if not entry.device.startswith(prefix) or entry.path.startswith(f"{path}/root/"):
            continue
        if entry.path != path:
            raise Refused(
                f"dataset {name} of {owner}: {entry.device} is mounted on {entry.path} of node {context.node}. Nothing was done. "
                "Unmount it first."
            )
        steps.append(Step(owner, f"unmount {path}", f"dataset {name} goes away", mount.detach(path)))
    return steps
