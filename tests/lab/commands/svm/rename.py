# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""metarename(1M) of soft partitions. Words of OpenSolaris' meta_rename.c."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown, parse
from . import sets, volumes


@simulated("metarename", on=sets.RELEASES)
async def metarename(call: Call) -> int:
    """``metarename [-s SET] OLD NEW``: not while the volume is open, not to a name that is taken."""
    sets.only_root(call)
    options, rest = parse(call.args, "s:fxn")
    flags = dict(options)
    if flags.keys() - {"s"} or len(rest) != 2:
        raise Unknown("metarename -f, -n, -x")
    disk_set, volume = volumes.existing(call, flags.get("s", ""), rest[0])
    new = volumes.target(call, flags.get("s", ""), rest[1])[1]
    old = volume.name
    if volume.kind != "soft" or volumes.parents(disk_set, old):
        raise Unknown("renaming what is no soft partition at the top")
    if volumes.open_by(call.centre, disk_set, volume):
        raise sets.trouble(call, volumes.full(disk_set, old), "metadevice is open")
    if new in disk_set.volumes:
        raise Unknown("a name that is taken: it is refused, in words nobody recorded")
    disk_set.volumes = {(new if name == old else name): each for name, each in disk_set.volumes.items()}
    volume.name = new
    kept = call.centre.filesystems.pop(volumes.key(disk_set, old), None)
    if kept is not None:
        call.centre.filesystems[volumes.key(disk_set, new)] = kept
    call.out(f"{volumes.full(disk_set, old)}: has been renamed to {volumes.full(disk_set, new)}\n")
    return 0
