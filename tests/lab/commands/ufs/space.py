# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a UFS has and uses. Figures as newfs's defaults give them, rounded: nobody computes with single fragments.

Of the blocks about one in 64 goes into inodes and cylinder groups; the log takes 1 Mbyte a Gbyte, at most 64 Mbytes; 10% but at most
64 Mbytes are kept free (mkfs_ufs(1M), mount_ufs(1M)).
"""

from __future__ import annotations

from collections.abc import Callable

from ... import faults
from ...call import Call
from ...truth import FileSystem
from . import devices

MIB = 1 << 20
EMPTY = 9 * 1024  # lost+found


#: Of other types: bytes for data, in use, still to be had.
FIGURES: dict[str, Callable[[FileSystem], tuple[int, int, int]]] = {}


def total(system: FileSystem) -> int:
    """Bytes for data."""
    if system.kind in FIGURES:
        return FIGURES[system.kind](system)[0]
    size = system.size * 512
    return (size - size // 64) // 1024 * 1024


def used(system: FileSystem) -> int:
    """Bytes in use, the log among them."""
    if system.kind in FIGURES:
        return FIGURES[system.kind](system)[1]
    log = 0 if system.state == "active" else min(64 * MIB, max(MIB, system.size * 512 >> 10))
    return EMPTY + log + sum(system.used.values())


def available(system: FileSystem) -> int:
    """Bytes that a user may still write."""
    if system.kind in FIGURES:
        return FIGURES[system.kind](system)[2]
    kept = min(total(system) // 10, 64 * MIB)
    return max(0, total(system) - kept - used(system))


def full(call: Call, device: devices.Device) -> bool:
    """Whether a fault says that the disk is full."""
    return any(name and faults.disk_full(call.centre, call.machine.name, name) for name in device.names)


def claim(call: Call, path: str, size: int) -> bool | None:
    """Room for files below ``path``: None when no file system of a device is there, False when they do not fit. The claim is
    the path's own until ``release``."""
    mount = devices.below(call.machine, path)
    if mount is None:
        return None
    system = call.centre.filesystems[mount.device]
    device = devices.find(call, mount.special)
    if device is None or not device.io() or full(call, device) or size > available(system):
        return False
    system.used[inside(mount.point, path)] = size
    return True


def release(call: Call, path: str) -> None:
    """What was claimed for ``path`` is free again."""
    mount = devices.below(call.machine, path)
    if mount is not None:
        call.centre.filesystems[mount.device].used.pop(inside(mount.point, path), None)


def inside(point: str, path: str) -> str:
    """The path as the file system itself knows it."""
    return "/" + path[len(point.rstrip("/")) :].strip("/")
