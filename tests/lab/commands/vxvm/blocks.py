# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of volumes as mount and mkfs see them."""

from __future__ import annotations

import re

from ...call import Call
from ..ufs import devices
from . import groups, vxfs

MAJOR = 271  # of vxio (recorded: modinfo of VxVM 6.0)


def resolve(call: Call, path: str) -> devices.Device | None:
    """``/dev/vx/dsk/GROUP/VOLUME``, block or raw, of an imported group."""
    found = re.fullmatch(r"/dev/vx/(r?)dsk/([^/]+)/([^/]+)", path)
    group = groups.named(call, found[2]) if found else None
    if found is None or group is None or group.name != found[2] or found[3] not in group.volumes:
        return None
    volume = group.volumes[found[3]]
    tail = f"dsk/{group.name}/{volume.name}"
    number = (MAJOR << 18) + group.base_minor + list(group.volumes).index(volume.name)
    return devices.Device(
        vxfs.key(group, volume), f"/dev/vx/{tail}", f"/dev/vx/r{tail}", volume.length, f"{number:x}",
        lambda: groups.enabled(call, group, volume) and groups.usable(call, group, volume), (volume.name,),
    )  # fmt: skip


devices.RESOLVERS.append(resolve)
