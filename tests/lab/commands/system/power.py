# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the whole machine down, or from inside a zone that zone: shutdown(1M), init(1M), reboot(1M), halt(1M), poweroff, uadmin(1M).

The lab's core stops and boots the machine (``Call.stop``); a zone's end is zoneadmd's work (commands/zoneadm/running.py).
"""

from __future__ import annotations

import asyncio

from ... import environments
from ...call import Call
from ...truth import Zone
from ..honest import root_only, simulated, written
from ..options import Refused, Unknown, parse
from ..zoneadm import running

#: init states that take a machine down, and how it ends.
STATES = {"0": "down", "5": "off", "6": "reboot"}
LEVELS = {"s": "single", "S": "single", "3": "multi"}
SERVICES_STOP = 15.0  # seconds of the lab's clock until all services are down
GRACE = 60


_leaving: set[asyncio.Task[None]] = set()


def leave(call: Call, zone: Zone, again: bool, seconds: float) -> None:
    """init tells the zone's own init and returns at once; the zone goes down, and comes up again where a reboot was asked for."""

    async def go() -> None:
        await running.take_down(call, zone, seconds)
        if again and running.alive(call):
            await running.bring_up(call, zone, boot=True)

    task = asyncio.ensure_future(go())
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)


async def end(call: Call, how: str, seconds: float = SERVICES_STOP, scripts: bool = False) -> int:
    """``scripts``: the shutdown scripts run, among them that of Live Upgrade."""
    if call.zone is not None:
        leave(call, call.machine.zones[call.zone], how == "reboot", seconds)
        return 0
    if call.stop is None or call.sleep is None:
        raise Unknown("without a machine to stop")
    guests = [name for name, machine in call.centre.machines.items() if machine.guest_of == call.machine.name and machine.powered]
    if guests and not how.startswith("reboot"):
        raise Unknown(f"the end of a control domain whose guests ({', '.join(guests)}) are active")
    await call.sleep(seconds)
    if scripts:
        environments.shut_down(call.centre, call.machine)
    await call.stop(how)
    return 0


@simulated("init", "telinit")
async def init(call: Call) -> int:
    root_only(call, "Must be super-user")
    if len(call.args) == 1 and call.args[0] in LEVELS:
        return await level(call, LEVELS[call.args[0]])
    if len(call.args) != 1 or call.args[0] not in STATES:
        raise Unknown()
    return await end(call, STATES[call.args[0]], scripts=True)


async def level(call: Call, how: str) -> int:
    """init only tells svc.startd, which works on its own (runlevels.py)."""
    if call.zone is not None or call.stop is None or call.machine.release != "s10":
        raise Unknown("another run level in a zone, or on Solaris 11")
    if (how == "single") == (call.machine.level == "S"):
        return 0
    if how == "single" and any(machine.guest_of == call.machine.name for machine in call.centre.machines.values()):
        raise Unknown("single user of a control domain with guests")
    await call.stop(how)
    return 0


@simulated("shutdown")
async def shutdown(call: Call) -> int:
    root_only(call, f"{call.argv[0]}:  Only root can run {call.argv[0]}")
    flags, _message = parse(call.args, "yg:i:")
    options = dict(flags)
    state, grace = options.get("i", "s"), options.get("g", str(GRACE))
    if not grace.isdigit():
        raise Refused("shutdown: -g requires a numeric option")
    if "y" not in options or state not in (*STATES, *LEVELS):
        raise Unknown("the question whether to go on" if state in STATES else f"init state {state}")
    call.out(f"\nShutdown started.    {written(call.now(), '%a %b %e %H:%M:%S UTC %Y')}\n\n")
    if call.sleep is not None:
        await call.sleep(float(grace))
    call.out(f"Changing to init state {state} - please wait\n")
    if state in LEVELS:
        return await level(call, LEVELS[state])
    return await end(call, STATES[state], scripts=True)


@simulated("reboot", "halt", "poweroff")
async def reboot(call: Call) -> int:
    """These do not stop services first (man pages reboot(1M), halt(1M))."""
    name = call.argv[0]
    root_only(call, f"{name}: permission denied")
    _, rest = parse(call.args, "lnqy")
    how = {"reboot": "reboot", "halt": "down", "poweroff": "off"}[name]
    if rest:
        if name != "reboot" or call.zone is not None or call.machine.release != "s10" or not set("".join(rest)) <= set("-sxr"):
            raise Unknown("boot arguments")
        how = f"reboot {' '.join(rest)}"  # reboot -- -sx
    return await end(call, how, 2.0)


@simulated("uadmin")
async def uadmin(call: Call) -> int:
    """``uadmin 1|2 FUNCTION``: A_REBOOT or A_SHUTDOWN with AD_HALT 0, AD_BOOT 1, AD_POWEROFF 6."""
    root_only(call, "uadmin: Not owner")
    how = {"0": "down", "1": "reboot", "6": "off"}
    if len(call.args) != 2 or call.args[0] not in ("1", "2") or call.args[1] not in how:
        raise Unknown()
    return await end(call, how[call.args[1]], 1.0)
