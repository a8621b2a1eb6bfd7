# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""who(1) and uptime(1): when the machine came up. Nobody else is logged in on a simulated machine."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated, written
from ..options import Unknown, parse


def booted(call: Call) -> int:
    """Boot time of the machine, or of the zone the caller is in."""
    zone = call.machine.zones.get(call.zone or "")
    return zone.boot_time if zone and zone.boot_time else call.machine.boot_time


def run_level(call: Call) -> str:
    """Of single user the guide shows ``S 0 ?`` after boot -s and the former level after others; that init s counts like them is taken."""
    machine = call.machine
    if call.zone is not None or machine.level != "S":
        since = max(booted(call), machine.level_since if call.zone is None else 0)
        return f"   .       run-level 3  {written(since, '%b %e %H:%M')}     3      0  S\n"
    before = "?" if machine.level_since <= machine.boot_time else "3"
    return f"   .       run-level S  {written(machine.level_since, '%b %e %H:%M')}     S      0  {before}\n"


@simulated("who")
async def who(call: Call) -> int:
    flags, rest = parse(call.args, "br")
    letters = {letter for letter, _ in flags}
    since = written(booted(call), "%b %e %H:%M")
    if rest == ["am", "i"] or rest == ["am", "I"] or len(letters) > 1:
        raise Unknown("terminals")
    if rest:
        raise Unknown()
    if "b" in letters:
        call.out(f"   .       system boot  {since}\n")
    elif "r" in letters:
        call.out(run_level(call))
    return 0


@simulated("uptime")
async def uptime(call: Call) -> int:
    if call.args:
        raise Unknown()
    now = call.now()
    seconds = max(0, now - booted(call)) + 30  # uptime rounds to minutes
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    text = written(now, " %l:%M%p").lower()
    text += "  up"
    if days:
        text += f" {days} day(s),"
    if hours and minutes:
        text += f" {hours:2}:{minutes:02},"
    else:
        text += f" {hours} hr(s)," if hours else ""
        text += f" {minutes} min(s)," if minutes else ""
    call.out(f"{text}  0 users,  load average: 0.10, 0.09, 0.08\n")
    return 0
