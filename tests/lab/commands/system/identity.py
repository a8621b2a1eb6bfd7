# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uname(1), hostid(1), hostname(1), isainfo(1), arch, mach, pagesize."""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..honest import nodename, simulated, solaris10_container
from ..options import Unknown, parse

ORDER = "snrvmpi"  # the order uname prints in, whatever the order of its options
OLDER = {"solaris8": "5.8", "solaris9": "5.9"}
KERNEL_ISA = {"sparc": ("sparcv9", "sparc"), "i386": ("amd64", "i386")}


def hardware_class(call: Call) -> str:
    """uname -m. All SPARC machines the lab has are sun4v."""
    return "sun4v" if call.machine.architecture == "sparc" else "i86pc"


def attribute(zone: Zone | None, name: str) -> str:
    """solaris8(5), solaris9(5): the attrs ``machine`` and ``hostid`` say what the zone takes itself for."""
    for item in zone.config.get("resources", []) if zone is not None and zone.brand in OLDER else ():
        if item.get("kind") == "attr" and item.get("name") == name:
            return str(item.get("value", ""))
    return ""


def fields(call: Call) -> dict[str, str]:
    machine = call.machine
    zone = machine.zones.get(call.zone or "")
    older = OLDER.get(zone.brand) if zone is not None else None
    container = older is not None or solaris10_container(call)
    shown = attribute(zone, "machine") or hardware_class(call)
    return {
        "s": "SunOS",
        "n": nodename(call),
        "r": older or ("5.10" if machine.release == "s10" or container else "5.11"),
        "v": "Generic_Virtual" if container else machine.kernel,  # what solaris10(5) says a branded zone shows
        "m": shown,
        "p": machine.architecture,
        "i": shown,  # T4 and later have no platform name of their own
    }


@simulated("uname")
async def uname(call: Call) -> int:
    flags, rest = parse(call.args, "snrvmpiaX")
    letters = {letter for letter, _ in flags} or {"s"}
    if rest:
        raise Unknown()
    known = fields(call)
    if "X" in letters:
        for label, value in (
            ("System", known["s"]), ("Node", known["n"]), ("Release", known["r"]), ("KernelID", known["v"]), ("Machine", known["m"]),
            ("BusType", "<unknown>"), ("Serial", "<unknown>"), ("Users", "<unknown>"), ("OEM#", "0"), ("Origin#", "1"),
            ("NumCPU", str(call.machine.threads)),
        ):  # fmt: skip
            call.out(f"{label} = {value}\n")
        return 0
    wanted = ORDER if "a" in letters else [letter for letter in ORDER if letter in letters]
    call.out(" ".join(known[letter] for letter in wanted) + "\n")
    return 0


@simulated("hostid")
async def hostid(call: Call) -> int:
    if call.args:
        raise Unknown()
    zone = call.machine.zones.get(call.zone or "")
    own = attribute(zone, "hostid") or (str(zone.config.get("hostid", "")) if zone else "")
    call.out(f"{(own or call.machine.hostid).lower().removeprefix('0x'):0>8}\n")
    return 0


@simulated("hostname")
async def hostname(call: Call) -> int:
    if call.args:
        raise Unknown()
    call.out(f"{nodename(call)}\n")
    return 0


@simulated("isainfo")
async def isainfo(call: Call) -> int:
    flags, rest = parse(call.args, "bknv")
    letters = "".join(sorted(letter for letter, _ in flags))
    wide, narrow = KERNEL_ISA[call.machine.architecture]
    answers = {
        "": f"{wide} {narrow}",
        "b": "64",
        "n": wide,
        "k": wide,
        "kv": f"64-bit {wide} kernel modules",
    }
    if rest or letters not in answers:
        raise Unknown("the instruction set extensions of this processor")
    call.out(answers[letters] + "\n")
    return 0


@simulated("arch", "mach")
async def arch(call: Call) -> int:
    if call.args:
        raise Unknown()
    if call.argv[0] == "mach":
        call.out(f"{call.machine.architecture}\n")
    else:
        call.out("sun4\n" if call.machine.architecture == "sparc" else "i86pc\n")
    return 0


@simulated("pagesize")
async def pagesize(call: Call) -> int:
    if call.args:
        raise Unknown()
    call.out("8192\n" if call.machine.architecture == "sparc" else "4096\n")
    return 0
