# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS file systems of a vServer: create, grow, rename, remove; never shrink."""

from __future__ import annotations

from typing import Any

from ...commands import zfs
from ...model.command import Command
from ...model.errors import ParseError, Refused
from ...model.plan import Step
from ...model.storage import Zfs
from ...model.vserver import Dataset, Filesystem, VServer
from ..actual import NodeActual
from ..context import NodeContext
from .replacement import check_filesystem

#: What is compared of every file system.
PROPERTIES = ("mountpoint", "quota", "mounted")


def present(filesystem: Filesystem, vserver: VServer, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps for a root or data file system, and warnings. Raises Refused where its mount point would move."""
    mountpoint = _mountpoint(filesystem, vserver)
    have = actual.zfs.get(filesystem.zfs)
    steps: list[Step] = []
    if have is None and filesystem.renamed_from:
        have = actual.zfs.get(f"{filesystem.dataset}/{filesystem.renamed_from}")
        steps += [_renamed(filesystem, vserver, have, actual)] if have else []
    if have is None:
        check_filesystem(filesystem, vserver, actual)
        properties = {"mountpoint": mountpoint} | ({"quota": str(filesystem.size)} if filesystem.size else {})
        create = zfs.create(filesystem.zfs, properties)
        made = Step(vserver.name, f"create file system {filesystem.zfs}", "it does not exist", create)
        return [made, *_private(filesystem, vserver)], []
    current = have.properties["mountpoint"].value
    if current != mountpoint:
        raise Refused(
            f"vServer {vserver.name}: file system {have.name} has mountpoint {current}, declared is {mountpoint}. "
            "Something else may use it: set the mountpoint by hand, or declare another name."
        )
    grown, warnings = _sized(filesystem, vserver, have)
    steps += grown
    if filesystem.type == "root" and have.properties["mounted"].value == "no":
        steps.append(Step(vserver.name, f"mount {filesystem.zfs}", "it is not mounted", zfs.mount(filesystem.zfs)))
    path = (actual.zonepaths or {}).get(vserver.name)
    if path is not None and path.mode != "drwx------" and filesystem.type == "root":
        steps += _private(filesystem, vserver)
    return steps, warnings


def _mountpoint(filesystem: Filesystem, vserver: VServer) -> str:
    return vserver.zonepath if filesystem.type == "root" else "legacy"


def _renamed(filesystem: Filesystem, vserver: VServer, have: Zfs, actual: NodeActual) -> Step:
    status = actual.zones.get(vserver.name)
    runs = status is not None and status.state not in ("configured", "incomplete", "installed")
    if status is not None and runs and (filesystem.type == "root" or have.properties["mounted"].value != "no"):
        raise Refused(
            f"vServer {vserver.name} is {status.state} and {have.name} is mounted in it, so it cannot be renamed to {filesystem.zfs}. "
            "Halt the vServer first (state halted)."
        )
    why = f"it is declared with renamed_from {filesystem.renamed_from}"
    return Step(vserver.name, f"rename file system {have.name} to {filesystem.zfs}", why, zfs.rename(have.name, filesystem.zfs))


def _sized(filesystem: Filesystem, vserver: VServer, have: Zfs) -> tuple[list[Step], list[str]]:
    """A quota is raised, never lowered: one that was raised by hand stays, and the declaration is to follow it."""
    quota = quota_bytes(have.properties["quota"].value)
    if not filesystem.size or filesystem.size == quota:
        return [], []
    if quota and filesystem.size < quota:
        return [], [
            (
                f"vServer {vserver.name}: {filesystem.zfs} has {quota} bytes, declared are {filesystem.size}. A file system is never "
                "shrunk: it stays as it is. Declare what it has."
            )
        ]
    grow = zfs.set_property(filesystem.zfs, "quota", str(filesystem.size))
    return [Step(vserver.name, f"set quota of {filesystem.zfs} to {filesystem.size}", f"it is {quota or 'not set'}", grow)], []


def removed(dataset: Dataset, name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Destroys one file system that is no more declared; the caller has checked that it was named. Raises Refused while it is busy."""
    have = actual.zfs.get(f"{dataset.name}/{name}")
    if have is None:
        return []
    if have.properties["mounted"].value != "no":
        raise Refused(
            f"vServer {vserver.name}: file system {have.name} is mounted on node {context.node}, so it is not destroyed. "
            "Halt or reboot the vServer first, or unmount it."
        )
    return [Step(vserver.name, f"destroy file system {have.name}", "its destruction was asked for by name", zfs.destroy(have.name))]


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


def described(filesystem: Filesystem, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where it does not exist."""
    have = actual.zfs.get(filesystem.zfs)
    if have is None:
        return None
    return {"mountpoint": have.properties["mountpoint"].value, "quota": quota_bytes(have.properties["quota"].value)}


def predicted(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    have = actual.zfs.get(filesystem.zfs) or actual.zfs.get(f"{filesystem.dataset}/{filesystem.renamed_from}")
    now = quota_bytes(have.properties["quota"].value) if have else 0
    return {"mountpoint": _mountpoint(filesystem, vserver), "quota": max(filesystem.size or 0, now)}
