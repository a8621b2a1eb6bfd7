# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dispadmin(1M) -d and priocntl(1) -l: the default scheduling class, and the classes there are.

From the published source of dispadmin, recorded answers of Solaris 10 and 11.1, and a recorded priocntl -l of Solaris 11.1.
"""

from __future__ import annotations

from ...call import Call
from ..honest import S11, simulated
from ..options import Refused, Unknown, parse

CLASSES = {"TS": "Time Sharing", "FSS": "Fair Share", "FX": "Fixed priority", "IA": "Interactive", "RT": "Real Time"}


@simulated("dispadmin")
async def dispadmin(call: Call) -> int:
    options, rest = parse(call.args, "d")
    if not options or len(rest) > 1:
        raise Unknown()
    if call.zone is not None:
        raise Refused("dispadmin: Operation not supported in non-global zones")
    if not rest:
        if not call.machine.default_class:
            raise Refused("dispadmin: Default scheduling class is not set")
        call.out(f"{call.machine.default_class}\t({CLASSES[call.machine.default_class]})\n")
        return 0
    if rest[0] not in CLASSES:
        raise Refused(f"dispadmin: Invalid or unconfigured class {rest[0]}")
    if call.user != "root":
        raise Refused("dispadmin: Failed to open /etc/dispadmin.conf (Permission denied)")
    call.machine.default_class = rest[0]
    return 0


@simulated("priocntl", on=S11)
async def priocntl(call: Call) -> int:
    if call.args != ["-l"] or call.zone is not None:
        raise Unknown()
    call.out("CONFIGURED CLASSES\n==================\n\nSYS (System Class)\n")
    for name, low in (("TS", -60), ("SDC", None), ("FSS", -60), ("FX", 0), ("IA", -60), ("RT", 0)):
        if low is None:
            call.out(f"\n{name} (System Duty-Cycle Class)\n")
        else:
            most = 59 if name == "RT" else 60
            call.out(f"\n{name} ({CLASSES[name]})\n\tConfigured {name} User Priority Range: {low} through {most}\n")
    return 0
