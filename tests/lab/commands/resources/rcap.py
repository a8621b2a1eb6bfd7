# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rcapadm(1M) and rcapstat(1): state of the capping daemon, a running zone's cap, one report of capped zones.

From the published sources of both, and a recorded rcapstat -z of Solaris 11.1. Sizes in use are 0K: the lab's zones have no memory.
"""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Refused, Unknown, parse
from ..smf import repository
from .limits import RCAP

UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}
SETTINGS = (
    ("memory cap enforcement threshold", "0%"), ("process scan rate (sec)", "15"), ("reconfiguration rate (sec)", "60"),
    ("report rate (sec)", "5"), ("RSS sampling rate (sec)", "5"),
)  # fmt: skip


def _active(call: Call) -> bool:
    return repository.of_caller(call)[RCAP].state == "online"


@simulated("rcapadm")
async def rcapadm(call: Call) -> int:
    options, rest = parse(call.args, "DEc:i:m:nz:")
    flags = dict(options)
    if rest or call.zone is not None:
        raise Unknown()
    if not flags:
        service = repository.of_caller(call)[RCAP]
        if service.temporary not in (None, service.enabled):
            raise Unknown("rcap enabled or disabled until the next boot")
        for label, value in (("state", "enabled" if service.enabled else "disabled"), *SETTINGS):
            call.out(f"{label:>43}: {value}\n")
        return 0
    if flags.keys() != {"z", "m"} or call.user != "root":
        raise Unknown()
    zone = call.machine.zones.get(flags["z"])
    if zone is None or zone.zone_id is None:
        raise Refused(f"zone '{flags['z']}' must be running")
    text = flags["m"].upper()
    number, unit = (text, "") if text.isdecimal() else (text[:-1], text[-1:])
    if not number.isdecimal() or unit not in UNITS:
        raise Refused("invalid max-rss value")
    zone.memory_cap = int(number) << UNITS[unit]
    return 0


def _size(kilobytes: int) -> str:
    """Five characters at most: the unit grows at 10000, and what is cut off rounds."""
    unit = "K"
    for larger in ("M", "G"):
        if kilobytes >= 10000:
            kilobytes, unit = (kilobytes + 512) // 1024, larger
    return f"{kilobytes:4d}{unit}"


@simulated("rcapstat")
async def rcapstat(call: Call) -> int:
    options, rest = parse(call.args, "gpuz")
    if dict(options).keys() != {"z"} or rest[1:] != ["1"] or call.zone is not None:
        raise Unknown("other than rcapstat -z INTERVAL 1")
    if not _active(call):
        raise Refused("rcapstat: rcapd is not active")
    titles = ("zone", "nproc", "vm", "rss", "cap", "at", "avgat", "pg", "avgpg")
    rows = [
        (str(zone.zone_id), zone.name, "-", _size(0), _size(0), _size(zone.memory_cap >> 10), *[_size(0)] * 4)
        for zone in call.machine.zones.values()
        if zone.memory_cap and zone.zone_id is not None
    ]
    for row in [("id", *titles), *rows]:
        call.out(f"{row[0]:>6} {row[1]:<15} " + " ".join(f"{cell:>5}" for cell in row[2:]) + "\n")
    return 0
