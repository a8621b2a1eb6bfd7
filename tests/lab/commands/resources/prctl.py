# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prctl(1) on zones: the parsable list, and replacing, setting and deleting a privileged value.

From the published source of prctl and a recorded list of Solaris 11.1. A change lives as long as the zone does. Usage is printed for
zone.cpu-shares of Solaris 11 alone: that of the others would be a count of what the lab does not have.
"""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..honest import simulated
from ..options import Refused, Unknown, parse
from .limits import SHARES, SYSTEM, known


@simulated("prctl")
async def prctl(call: Call) -> int:
    options, names = parse(call.args, "sPp:Fd:e:i:n:rt:v:x")
    flags = dict(options)
    if flags.get("i") != "zone" or len(names) != 1 or call.zone is not None or flags.keys() - set("sPeintrvx"):
        raise Unknown()
    zone = _zone(call, names[0])
    if "n" in flags and flags["n"] not in known(call.machine):
        raise Unknown("a resource control that is not there")
    change = flags.keys() & set("srx")
    if not change and "v" not in flags:
        return _listed(call, zone, flags)
    if "P" in flags or len(change) != 1 or "n" not in flags or flags.get("t") not in ("privileged", "priv"):
        raise Unknown("no privilege of -t privileged, or several operations")
    _changed(zone, flags, change.pop())
    return 0


def _zone(call: Call, name: str) -> Zone:
    zone = call.machine.zones.get(name)
    if zone is None or zone.zone_id is None:
        raise Refused(f"prctl: {name}: unknown zone")
    if call.user != "root":
        raise Refused(f"prctl: {name}: No controllable process found in task, project, or zone.")
    if zone.state != "running":
        raise Unknown(f"a zone that is {zone.state}")
    return zone


def _listed(call: Call, zone: Zone, flags: dict[str, str]) -> int:
    if "P" not in flags or flags.keys() - set("Pin"):
        raise Unknown("a list that is not parsable")
    call.out(f"zone: {zone.zone_id}: {zone.name}\n")
    for name in known(call.machine):
        if flags.get("n", name) != name:
            continue
        values = zone.limits.get(name, [])
        if name == SHARES and call.machine.release != "s10":
            call.out(f"{name} usage {values[0][0]} - - -\n")
        for limit, action in values:
            call.out(f"{name} privileged {limit} - {action} -\n")
        most, flag, denies = SYSTEM[name]
        call.out(f"{name} system {most} {flag} {denies} -\n")
    return 0


def _changed(zone: Zone, flags: dict[str, str], operation: str) -> None:
    name, values = flags["n"], zone.limits.get(flags["n"], [])
    number = _number(name, flags["v"]) if "v" in flags else None
    if "e" in flags and (flags["e"] != "deny" or name == SHARES or operation == "x"):
        raise Unknown(f"-e {flags['e']} on {name}")
    if operation == "s":
        if number is None or number in [limit for limit, _action in values]:
            raise Unknown("the words for a control that exists already")
        # kernel: swap, locked memory and the CPU cap deny whether told so or not
        always = name in ("zone.max-swap", "zone.max-locked-memory", "zone.cpu-cap")
        zone.limits[name] = sorted([*values, [number, "deny" if "e" in flags or always else "none"]])
        return
    matching = [value for value in values if operation == "r" or number in (None, value[0])]
    if not matching or (operation == "r" and number is None):
        raise Unknown("the words for no matching resource control, which name a process")
    left = [value for value in values if value is not matching[0]]
    if operation == "r":
        if number in [limit for limit, _action in left]:
            raise Unknown("the words for a replacement that exists already")
        left.append([number, matching[0][1] if "e" not in flags else flags["e"]])
    zone.limits[name] = sorted(left)
    if not left:
        del zone.limits[name]


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) > SYSTEM[name][0]:
        raise Unknown(f"-v {text}: a scaled number, or more than the system's limit")
    return int(text)
