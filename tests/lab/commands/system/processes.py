# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ps(1), as far as clients look for a zone that is up and for process 1.

The lab has no processes of Solaris: it names those that every running zone has (the scheduler, init, SMF's two daemons, the console's
port monitor once console-login is online), and refuses every question whose answer would have more in it.
"""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown, parse
from ..smf import repository


def init_path(call: Call) -> str:
    return "/sbin/init" if call.machine.release == "s10" else "/usr/sbin/init"


@simulated("ps")
async def ps(call: Call) -> int:
    flags, rest = parse(call.args, "o:p:z:")
    given = dict(flags)
    if rest or len(given) != len(flags) or call.zone is not None:
        raise Unknown()
    if given == {"p": "1", "o": "comm"}:
        call.out(f"COMMAND\n{init_path(call)}\n")
        return 0
    if given.keys() != {"z", "o"} or given["o"] != "args":
        raise Unknown()
    zone = call.machine.zones.get(given["z"])
    if zone is None or zone.state != "running":
        raise Unknown("a zone that is not running")
    call.out("COMMAND\n")
    repository.settle(zone.services, call.now())
    lines = ["zsched", init_path(call), "/lib/svc/bin/svc.startd", "/lib/svc/bin/svc.configd"]
    console = zone.services.get("svc:/system/console-login:default")
    if console and console.state == "online":
        lines.append(f"/usr/lib/saf/ttymon -g -d /dev/console -l console -m ldterm,ttcompat -h -p {zone.name} ")
    call.out("".join(f"{line}\n" for line in lines))
    return 0
