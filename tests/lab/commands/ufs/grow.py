# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""growfs(1M): the script around ``mkfs -G``. With -M the file system stays mounted, and is write-locked meanwhile."""

from __future__ import annotations

from ...call import Call
from ..honest import S10, root_only, simulated
from ..options import Refused, Unknown, parse
from . import devices, newfs, space


@simulated("growfs", on=S10)
async def growfs(call: Call) -> int:
    options, rest = parse(call.args, "M:Nvs:")
    flags = dict(options)
    if len(rest) != 1 or flags.keys() - {"M", "v"} or call.zone is not None:
        raise Unknown("growfs -N, -s")
    root_only(call, "growfs: cannot get partition size", 2)
    path = rest[0]
    device = devices.find(call, path)
    if device is None or path != device.raw:
        raise Refused("growfs: cannot get partition size", 2)
    system = devices.filesystem(call, device)
    if system is None or system.kind != "ufs" or not device.io():
        raise Unknown("growfs of what holds no readable UFS")
    mount = devices.mounted(call, device.key)
    if "M" in flags:
        if mount is None:
            raise Refused(f"{device.block} is not mounted", newfs.FAILED)
        if mount.point != flags["M"].rstrip("/"):
            raise Unknown("growfs -M with another mount point")
    elif mount is not None:
        raise Unknown("growfs of a mounted file system without -M")
    if device.size < system.size:
        raise Unknown("growfs on a device that became smaller")
    if space.full(call, device):
        raise Unknown("growfs of a full file system")
    if "v" in flags:
        call.out(f"/usr/lib/fs/ufs/mkfs -G{' -M ' + flags['M'] if 'M' in flags else ''} {path} {device.size}\n")
    call.err(newfs.summary(path, device.size))
    await call.sleep(1.0 + (device.size - system.size) / (2048 << 10) * newfs.SECONDS_PER_GIB)
    system.size = device.size
    call.err(newfs.backups(device.size))
    return 0
