# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fstyp(1M): which file system a device holds. Words and exit codes of OpenSolaris' fstyp.c and libfstyp."""

from __future__ import annotations

from ...call import Call
from ..honest import S10, simulated
from ..options import Refused, Unknown, parse
from . import devices

NO_MATCH, CANNOT_OPEN, IO_ERROR = 1, 7, 8


@simulated("fstyp", on=S10)
async def fstyp(call: Call) -> int:
    options, rest = parse(call.args, "av")
    if options or len(rest) != 1 or call.zone is not None:
        raise Unknown("fstyp -a, -v")
    device = devices.find(call, rest[0]) if call.user == "root" else None
    if device is None:
        raise Refused("unknown_fstyp (cannot open device)", CANNOT_OPEN)
    if not device.io():
        raise Refused("unknown_fstyp (i/o error)", IO_ERROR)
    system = devices.filesystem(call, device)
    if system is None:
        if any(lun.pool for lun in call.centre.luns.values() if rest[0].startswith(f"/dev/rdsk/c0t{lun.guid}")):
            raise Unknown("fstyp of a disk of a pool")
        raise Refused("unknown_fstyp (no matches)", NO_MATCH)
    call.out(f"{system.kind}\n")
    return 0
