# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS file systems of a vServer: create, grow, never shrink."""

from __future__ import annotations

from ..commands import zfs
from ..model.command import Command
from ..model.errors import ParseError, Refused
from ..model.plan import Step
from ..model.vserver import Filesystem, VServer
from .actual import NodeActual
from .replacement import check_filesystem

#: What is compared of every file system.
PROPERTIES = ("mountpoint", "quota", "mounted")


def present(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> list[Step]:
    """Steps for a root or data file system. Raises Refused where the declaration would shrink it or move its mount point."""
    mountpoint = vserver.zonepath if filesystem.type == "root" else "legacy"
    have = actual.zfs.get(filesystem.zfs)
    if have is None:
        check_filesystem(filesystem, vserver, actual)
        properties = {"mountpoint": mountpoint} | ({"quota": str(filesystem.size)} if filesystem.size else {})
        create = zfs.create(filesystem.zfs, properties)
        return [Step(vserver.name, f"create file system {filesystem.zfs}", "it does not exist", create), *_private(filesystem, vserver)]
    steps = []
    current = have.properties["mountpoint"].value
    if current != mountpoint:
        raise Refused(
            f"vServer {vserver.name}: file system {filesystem.zfs} has mountpoint {current}, declared is {mountpoint}. "
            "Something else may use it: set the mountpoint by hand, or declare another name."
        )
    quota = quota_bytes(have.properties["quota"].value)
    if filesystem.size and filesystem.size != quota:
        if quota and filesystem.size < quota:
            raise Refused(
                f"vServer {vserver.name}: {filesystem.zfs} has {quota} bytes, declared are {filesystem.size}. "
                "A file system is never shrunk."
            )
        grow = zfs.set_property(filesystem.zfs, "quota", str(filesystem.size))
        steps.append(Step(vserver.name, f"set quota of {filesystem.zfs} to {filesystem.size}", f"it is {quota or 'not set'}", grow))
    if filesystem.type == "root" and have.properties["mounted"].value == "no":
        steps.append(Step(vserver.name, f"mount {filesystem.zfs}", "it is not mounted", zfs.mount(filesystem.zfs)))
    path = (actual.zonepaths or {}).get(vserver.name)
    if path is not None and path.mode != "drwx------" and filesystem.type == "root":
        steps += _private(filesystem, vserver)
    return steps


def quota_bytes(value: str) -> int:
    """The quota's value of ``zfs get -p``: bytes, 0 for none."""
    if value in ("none", "0", "-"):
        return 0
    if not (value.isascii() and value.isdigit()):
        raise ParseError(f"zfs get -p quota: {value!r} is not a number of bytes")
    return int(value)


def _private(filesystem: Filesystem, vserver: VServer) -> list[Step]:
    if filesystem.type != "root":
        return []
    chmod = Command.of("chmod", "700", vserver.zonepath)
    return [Step(vserver.name, f"make {vserver.zonepath} private", "zoneadm takes a zone path of mode 0700 only", chmod)]
