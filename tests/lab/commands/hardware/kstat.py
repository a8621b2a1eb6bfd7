# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kstat(1M): processors (cpu_info), boot time (unix:0:system_misc), disk errors (sderr, ssderr); of CPU time (cpu:N:sys) and pages
(unix:0:system_pages) the statistics that are asked for by name. Other modules are not simulated."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

from ... import load
from ...call import Call
from ...truth import Machine
from ..honest import simulated
from ..options import Unknown, parse
from .disks import driver, visible
from .processors import chip_of_intel, chips, kind

MODULES = ("cpu", "cpu_info", "unix", "sderr", "ssderr")
SHOWN_OF_UNIX = "system_misc"
#: Of memory; of CPU time those that begin with cpu_nsec_. Others of these kstats are not simulated, so they have to be named.
PAGES = ("physmem", "pagestotal", "freemem", "pagesfree")


@dataclass(frozen=True)
class Kstat:
    module: str
    instance: int
    name: str
    kind: str
    values: dict[str, str]


def of_processors(machine: Machine, uptime: int) -> list[Kstat]:
    found = []
    for chip, cores in enumerate(chips(machine)):
        for place, core in enumerate(cores):
            for number in core:
                sparc = machine.architecture == "sparc"
                implementation = (
                    f"{machine.cpu} (chipid {chip}, clock {machine.mhz} MHz)" if sparc else f"x86 ({chip_of_intel(machine, chip)})"
                )
                values = {
                    "brand": machine.cpu, "chip_id": str(chip), "class": "misc", "clock_MHz": str(machine.mhz),
                    "core_id": str(chip * len(cores) + place), "cpu_type": kind(machine),
                    "current_clock_Hz": str(machine.mhz * 1000000), "fpu_type": "sparcv9" if sparc else "i387 compatible",
                    "implementation": implementation, "snaptime": f"{uptime}.000000000", "state": "on-line",
                    "state_begin": str(machine.boot_time),
                }  # fmt: skip
                found.append(Kstat("cpu_info", number, f"cpu_info{number}", "misc", values))
    return found


def of_disks(call: Call) -> list[Kstat]:
    found = []
    for disk in visible(call):
        values = {
            "Device Not Ready": "0", "Hard Errors": "0", "Illegal Request": "0", "Media Error": "0", "No Device": "0",
            "Predictive Failure Analysis": "0", "Product": f"{disk.product:<16.16}", "Recoverable": "0", "Revision": disk.revision,
            "Serial No": disk.serial, "Size": str(disk.size), "Soft Errors": "0", "Transport Errors": "0", "Vendor": f"{disk.vendor:<8}",
            "class": "device_error", "snaptime": f"{call.now() - call.machine.boot_time}.000000000",
        }  # fmt: skip
        name = driver(call.machine, disk)
        found.append(Kstat(f"{name}err", disk.instance, f"{name}{disk.instance},err", "device_error", values))
    return found


def of_time(call: Call, uptime: int) -> list[Kstat]:
    """The machine's CPU time, spread evenly; seven tenths of it are the programs' own."""
    machine = call.machine
    busy = round(load.settle(call.centre, machine, machine.boot_time + uptime) * 1e9 / machine.threads)
    user = busy * 7 // 10
    values = {"cpu_nsec_idle": str(uptime * 10**9 - busy), "cpu_nsec_kernel": str(busy - user), "cpu_nsec_user": str(user)}
    return [Kstat("cpu", number, "sys", "misc", values) for number in range(machine.threads)]


def of_pages(call: Call) -> Kstat:
    size = 8192 if call.machine.architecture == "sparc" else 4096
    total, used = call.machine.memory // size, load.memory(call.centre, call.machine) // size
    values = dict.fromkeys(PAGES[:2], str(total)) | dict.fromkeys(PAGES[2:], str(total - used))
    return Kstat("unix", 0, "system_pages", "pages", values)


def known(call: Call) -> list[Kstat]:
    machine = call.machine
    uptime = call.now() - machine.boot_time
    misc = {
        "boot_time": str(machine.boot_time), "class": "misc", "clk_intr": str(uptime * 100), "deficit": "0", "lbolt": str(uptime * 100),
        "ncpus": str(machine.threads), "snaptime": f"{uptime}.000000000",
    }  # fmt: skip
    found = [*of_processors(machine, uptime), *of_disks(call), *of_time(call, uptime)]
    return [*found, Kstat("unix", 0, "system_misc", "misc", misc), of_pages(call)]


def fits(value: str, pattern: str) -> bool:
    """Empty patterns fit all; ``/x/`` is a regular expression, anything else a shell pattern."""
    if not pattern:
        return True
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.search(pattern[1:-1], value) is not None
    return fnmatch.fnmatchcase(value, pattern)


def selections(call: Call, flags: list[tuple[str, str]], words: list[str]) -> list[tuple[str, str, str, str]]:
    """(module, instance, name, statistic) patterns. Options select alike; they exclude operands."""
    options = {letter: value for letter, value in flags if letter in "mins"}
    if options and words:
        raise Unknown("options and operands together")
    if options:
        return [(options.get("m", ""), options.get("i", ""), options.get("n", ""), options.get("s", ""))]
    found = []
    for word in words:
        parts = [*word.split(":"), "", "", "", ""][:4]
        found.append((parts[0], parts[1], parts[2], parts[3]))
    return found


@simulated("kstat")
async def kstat(call: Call) -> int:
    flags, words = parse(call.args, "plqm:i:n:s:")
    letters = {letter for letter, _ in flags}
    wanted = selections(call, flags, words)
    if "l" in letters or not wanted:
        raise Unknown("all modules of a kernel")
    for module, _, name, statistic in wanted:
        if not any(fits(each, module) for each in MODULES) and module or (not module and not name.startswith(("cpu_info", SHOWN_OF_UNIX))):
            raise Unknown(f"kernel statistics of {module or name or 'all modules'}")
        if fits("unix", module) and module and name not in ("system_pages", SHOWN_OF_UNIX):
            raise Unknown(f"kernel statistics of {module}:{name}")
        if (fits("cpu", module) and module and (name != "sys" or not statistic.startswith("cpu_nsec_"))) or (
            name == "system_pages" and statistic not in PAGES
        ):
            raise Unknown(f"kernel statistics {module}:{name}:{statistic}")
    stats = sorted(known(call), key=lambda item: (item.module, item.instance, item.name))
    shown = 0
    for item in stats:
        picked = sorted({
            key for module, instance, name, statistic in wanted for key in item.values
            if fits(item.module, module) and fits(str(item.instance), instance) and fits(item.name, name) and fits(key, statistic)
        })  # fmt: skip
        if not picked:
            continue
        shown += 1
        if "q" in letters:
            continue
        if "p" in letters:
            call.out("".join(f"{item.module}:{item.instance}:{item.name}:{key}\t{item.values[key]}\n" for key in picked))
        else:
            call.out(f"module: {item.module:<30}  instance: {item.instance:<6d}\nname:   {item.name:<30}  class:    {item.kind}\n")
            call.out("".join(f"\t{key:<30}  {item.values[key]}\n" for key in picked if key != "class") + "\n")
    return 0 if shown else 1
