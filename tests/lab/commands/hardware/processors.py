# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""psrinfo(1M). Virtual processors are numbered chip by chip, core by core."""

from __future__ import annotations

from ...call import Call
from ...truth import Machine
from ..honest import simulated, written
from ..options import Unknown, parse


def chips(machine: Machine) -> list[list[range]]:
    """Of every chip its cores, of every core its virtual processors."""
    each = machine.threads // machine.cores
    per_chip = machine.cores // machine.chips
    numbers = [range(core * each, (core + 1) * each) for core in range(machine.cores)]
    return [numbers[chip * per_chip : (chip + 1) * per_chip] for chip in range(machine.chips)]


def span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def kind(machine: Machine) -> str:
    return "sparcv9" if machine.architecture == "sparc" else "i386"


def chip_of_intel(machine: Machine, number: int) -> str:
    """All x86 machines of the lab have the same generation; Solaris 10 does not print the chip's number."""
    chip = "" if machine.release == "s10" else f"chipid 0x{number:x} "
    return f"{chip}GenuineIntel family 6 model 79 step 1 clock {machine.mhz} MHz"


def physical(machine: Machine) -> str:
    """``psrinfo -pv``. Solaris 11 shows the cores where a chip has more than one; Solaris 10 only virtual processors."""
    text = ""
    for number, cores in enumerate(chips(machine)):
        processors = sum(len(core) for core in cores)
        span_text = f"{counted(processors, 'virtual processor')} ({span(cores[0][0], cores[-1][-1])})"
        with_cores = machine.release != "s10" and len(cores) > 1
        text += f"The physical processor has {f'{len(cores)} cores and ' if with_cores else ''}{span_text}\n"
        if with_cores:
            text += "".join(f"  The core has {counted(len(core), 'virtual processor')} ({span(core[0], core[-1])})\n" for core in cores)
        indent = "    " if with_cores else "  "
        if machine.architecture == "sparc":
            text += f"{indent}{machine.cpu} (chipid {number}, clock {machine.mhz} MHz)\n"
        else:
            text += f"{indent}x86 ({chip_of_intel(machine, number)})\n\t{indent[2:]}{machine.cpu}\n"
    return text


def verbose(call: Call, processor: int) -> str:
    machine = call.machine
    now, since = (written(moment, "%m/%d/%Y %H:%M:%S") for moment in (call.now(), machine.boot_time))
    unit = "a sparcv9 floating point processor" if machine.architecture == "sparc" else "an i387 compatible floating point processor"
    return (
        f"Status of virtual processor {processor} as of: {now}\n  on-line since {since}.\n"
        f"  The {kind(machine)} processor operates at {machine.mhz} MHz,\n\tand has {unit}.\n"
    )


@simulated("psrinfo")
async def psrinfo(call: Call) -> int:
    flags, rest = parse(call.args, "pvst")
    letters = {letter for letter, _ in flags}
    machine = call.machine
    if letters not in ({"p"}, {"v"}, {"p", "v"}, {"t"}, set()) or (rest and letters not in ({"v"}, set())):
        raise Unknown()
    if letters == {"t"}:
        if machine.release == "s10":
            raise Unknown()
        for chip, cores in enumerate(chips(machine)):
            call.out(f"socket: {chip}\n")
            for place, core in enumerate(cores):
                call.out(f"  core: {chip * len(cores) + place}\n    cpus: {span(core[0], core[-1])}\n")
    elif letters == {"p"}:
        call.out(f"{machine.chips}\n")
    elif letters == {"p", "v"}:
        call.out(physical(machine))
    else:
        if any(not word.isdigit() or int(word) >= machine.threads for word in rest):
            raise Unknown("a processor that is not there")
        since = written(machine.boot_time, "%m/%d/%Y %H:%M:%S")
        for number in [int(word) for word in rest] or range(machine.threads):
            call.out(verbose(call, number) if letters else f"{number}\ton-line   since {since}\n")
    return 0
