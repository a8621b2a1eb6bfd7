# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The slices of disks as block devices: ``/dev/dsk/c1t0d0s0``."""

from __future__ import annotations

from ...call import Call
from ..ufs import devices
from . import disks


def device(call: Call, path: str) -> devices.Device | None:
    """The slice behind a path; one without blocks is none."""
    parsed = disks.parse(path)
    if not path.startswith(("/dev/dsk/", "/dev/rdsk/")) or parsed is None or parsed[1] is None:
        return None
    drive = disks.key(call, parsed[0])
    if drive is None:
        return None
    component = f"{drive}s{parsed[1]}"
    size = disks.extent(call.centre, component)[1]
    if not size:
        return None
    name = disks.name(component)
    number = (118 << 18) + 8 * sorted([*call.centre.luns, drive]).index(drive) + parsed[1]
    return devices.Device(
        component, f"/dev/dsk/{name}", f"/dev/rdsk/{name}", size, f"{number:x}",
        lambda: disks.reachable(call.centre, call.machine, drive), (name,), used_by(call, component),
    )  # fmt: skip


def used_by(call: Call, component: str) -> bool:
    """Part of a volume, a replica, or of a drive that a set has."""
    for each in call.centre.disksets.values():
        if any(replica.component == component for replica in each.replicas):
            return True
        if any(component in row for volume in each.volumes.values() for row in [*volume.rows, [volume.component]]):
            return True
    return False


devices.RESOLVERS.append(device)
