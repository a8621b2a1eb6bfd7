# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fuser -c: who uses a mounted file system. Names go to standard error, numbers to standard output (fuser(1M)).

The lab has no processes but those it names of a running zone (ps), whose numbers nobody knows: of a file system that a running zone uses
it answers "not simulated", of any other that nobody uses it.
"""

from __future__ import annotations

from ...call import Call
from .. import zone_mounts
from ..honest import simulated
from ..options import Unknown, parse
from . import devices, mount


@simulated("fuser")
async def fuser(call: Call) -> int:
    options, rest = parse(call.args, "cu")
    if options == [("c", "")] and len(rest) == 1 and (pids := zone_mounts.users(call, rest[0])) is not None:
        call.err(f"{rest[0]}: ")
        call.out("".join(f"{pid:8d}" for pid in pids))
        call.err("".join("c" for _ in pids) + "\n")
        return 0
    mount.allowed(call, "fuser")
    if ("c", "") not in options or not rest:
        raise Unknown("fuser without -c, fuser -k")
    for word in rest:
        found = devices.at(call.machine, word.rstrip("/") or "/") or next(
            (each for each in call.machine.mounts if each.special == word), None
        )
        if found is None:
            raise Unknown("what is no mounted file system of a device")
        if mount.busy(call, found):
            raise Unknown("the processes of a running zone")
    for word in rest:
        call.err(f"{word}: \n")
    return 0
