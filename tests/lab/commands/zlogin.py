# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zlogin(1): a command in a running zone. Interactive and console logins are not simulated.

Messages from the public sources of zlogin; a zone that is not running is refused with exit 1. Two things are not as on the real one:
authorizations of users who are not root, and that a command which a signal ended has exit code 0.
"""

from __future__ import annotations

from ..call import Call, command
from ..inside import account
from .options import BadOption, parse

USAGE = "usage: zlogin [ -QCES ] [ -e cmdchar ] [-l user] zonename [command [args ...] ]\n"


@command("zlogin")
async def zlogin(call: Call) -> int:
    try:
        options, rest = parse(call.args, "ECSQe:l:" if call.machine.release == "s10" else "ECSQUde:l:nr")
    except BadOption as err:
        call.err(f"zlogin: option requires an argument -- {err.letter}\n" if err.missing else f"zlogin: illegal option -- {err.letter}\n")
        call.err(USAGE)
        return 2
    flags = dict(options)
    if not rest:
        call.err(USAGE)
        return 2
    name, words = rest[0], rest[1:]
    if call.zone is not None:
        call.err("zlogin: 'zlogin' may only be used from the global zone\n")
        return 1
    if name == "global":
        call.err("zlogin: 'zlogin' not applicable to the global zone\n")
        return 1
    zone = call.machine.zones.get(name)
    if zone is None:
        call.err(f"zlogin: zone '{name}' unknown\n")
        return 1
    if "C" in flags:
        return call.not_simulated("zlogin -C")
    if call.user != "root":
        call.err("zlogin: You lack sufficient privilege to run this command (all privs required)\n")
        return 1
    if zone.state not in ("running", "shutting_down"):
        if zone.state in ("configured", "incomplete"):
            call.err(f"zlogin: cannot login to a zone which is '{zone.state}'\n")
        else:
            call.err(f"zlogin: login allowed only to running zones ({name} is '{zone.state}').\n")
        return 1
    if not words:
        return call.not_simulated("an interactive zlogin")
    user = flags.get("l", "root")
    if "S" in flags and "l" in flags:
        call.err("zlogin: -l may not be specified for failsafe login\n" + USAGE)
        return 2
    if user != "root" and account(call.machine, zone, user) is None:
        call.err(f"su: Unknown id: {user}\n")
        return 1
    return await call.run_in_zone(name, words, user)
