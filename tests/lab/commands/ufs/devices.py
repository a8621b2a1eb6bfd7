# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block devices that carry a file system, and the mounts a machine has of them.

A volume manager adds a resolver: path of a device, block or raw, -> ``Device``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...call import Call
from ...truth import FileSystem, Machine, Mounted


@dataclass(frozen=True)
class Device:
    """``key`` of DataCentre.filesystems; ``size`` in blocks of 512 bytes; ``number`` as mount shows it behind dev=; ``io`` tells whether
    reading and writing works now; ``names``: what a fault ``disk_full`` may call it; ``inner``: another volume lies on it; ``claim``: what
    libdiskmgt says of its use by a volume manager."""

    key: str
    block: str
    raw: str
    size: int
    number: str
    io: Callable[[], bool] = lambda: True
    names: tuple[str, ...] = ()
    inner: bool = False
    claim: str = ""


RESOLVERS: list[Callable[[Call, str], Device | None]] = []


def find(call: Call, path: str) -> Device | None:
    """The device behind a path of this machine."""
    for resolver in RESOLVERS:
        if (found := resolver(call, path)) is not None:
            return found
    return None


def filesystem(call: Call, device: Device) -> FileSystem | None:
    return call.centre.filesystems.get(device.key)


def mounted(call: Call, key: str) -> Mounted | None:
    """Where this machine has the device mounted."""
    return next((mount for mount in call.machine.mounts if mount.device == key), None)


def at(machine: Machine, point: str) -> Mounted | None:
    """What is mounted exactly there."""
    return next((mount for mount in reversed(machine.mounts) if mount.point == point), None)


def below(machine: Machine, path: str) -> Mounted | None:
    """The mount that a path lies in."""
    inside = [mount for mount in machine.mounts if (path.rstrip("/") + "/").startswith(mount.point.rstrip("/") + "/")]
    return max(inside, key=lambda mount: len(mount.point), default=None)
