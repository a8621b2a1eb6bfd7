# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems on volumes: where the truth has them, who has them open."""

from __future__ import annotations

from ...diskgroups import DiskGroup, Volume
from ...truth import DataCentre, Machine
from ..ufs import files


def key(group: DiskGroup, volume: Volume) -> str:
    """In DataCentre.filesystems."""
    return f"vx:{group.id}/{volume.name}"


def open_volumes(centre: DataCentre, machine: Machine, group: DiskGroup) -> list[Volume]:
    """Volumes with a file system that this machine has mounted."""
    mounted = {mount.device for mount in machine.mounts}
    return [volume for volume in group.volumes.values() if key(group, volume) in mounted]


def forget(centre: DataCentre, group: DiskGroup, volume: Volume) -> None:
    """A volume is gone, and what was on it."""
    system = centre.filesystems.pop(key(group, volume), None)
    if system is not None:
        files.forget(system)


def renamed(centre: DataCentre, group: DiskGroup, volume: Volume, name: str) -> None:
    file_system = centre.filesystems.pop(key(group, volume), None)
    if file_system is not None:
        centre.filesystems[f"vx:{group.id}/{name}"] = file_system
