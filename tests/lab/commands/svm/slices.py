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
        lambda: disks.reachable(call.centre, call.machine, drive), (name,), False, claimed(call, component) or "",
    )  # fmt: skip


def claimed(call: Call, component: str) -> str | None:
    """libdiskmgt's line about a slice of SVM: its first record of it, a replica, a volume, or just the set of the drive."""
    path = f"/dev/dsk/{disks.name(component)}"
    for each in call.centre.disksets.values():
        if call.machine.name not in each.hosts:
            continue
        if any(replica.component == component for replica in each.replicas):
            return f"{path} contains an SVM mdb. Please see metadb(1M).\n"
        kinds = {"stripe": "stripe", "soft": "sp"}
        for volume in each.volumes.values():
            if any(component in row for row in [*volume.rows, [volume.component]]):
                name = f"{each.name}/{volume.name}" if each.name else volume.name
                return f"{path} is part of SVM volume {kinds[volume.kind]}:{name}. Please see metaclear(1M).\n"
        if disks.drive_of(component) in each.drives:
            return f"{path} is part of SVM volume diskset:{each.name}. Please see metaclear(1M).\n"
    return None


devices.RESOLVERS.append(device)
