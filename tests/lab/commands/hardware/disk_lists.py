# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""format(1M), diskinfo(1M), iostat -En: the disks as lists."""

from __future__ import annotations

from ...call import Call
from ...truth import Machine
from ..honest import S11, root_only, simulated
from ..options import Unknown, parse
from . import virtual
from .disks import Disk, capacity, device_path, geometry, visible


def description(machine: Machine, disk: Disk) -> str:
    """``<HITACHI-OPEN-V-8001-20.00GB>`` with an EFI label, ``<... cyl N alt 2 hd H sec S>`` with an SMI label.

    Whole disks of a pool have an EFI label on every release; an unused disk has one on Solaris 11 only.
    """
    name = "-".join((disk.vendor, disk.product.strip().replace(" ", "-"), disk.revision))
    efi = disk.pool is not None and not disk.sliced
    if efi or machine.release != "s10":
        return f"<{name}-{capacity(disk.size)}>"
    cylinders, heads, sectors = geometry(disk.size)
    return f"<{name} cyl {cylinders} alt 2 hd {heads} sec {sectors}>"


@simulated("format")
async def format_(call: Call) -> int:
    """The list, then the question. Whatever standard input holds, the lab only knows its end: ``format </dev/null``, ``echo | format``."""
    if call.args not in ([], ["-e"]) or call.stdin.strip():
        raise Unknown("format's menus")
    root_only(call, "Searching for disks...\nNo permission (or no disks found)!")
    disks = visible(call)
    if not disks:
        call.out("Searching for disks...done\n\n")
        call.err("No disks found!\n")
        return 1
    call.out("Searching for disks...done\n\n\nAVAILABLE DISK SELECTIONS:\n")
    for number, disk in enumerate(disks):
        call.out(f"{number:8}. {disk.device} {description(call.machine, disk)}\n          {device_path(call.machine, disk)}\n")
        if call.machine.release != "s10" and not disk.is_lun and not disk.virtual:
            call.out(f"          /dev/chassis/{bay(call, disk)}/disk\n")
    questions = 1 + call.stdin.count(b"\n")
    call.out("Specify disk (enter its number): " * questions + "\n")
    return 1


def bay(call: Call, disk: Disk) -> str:
    """The receptacle. Its name differs by model; the lab's machines all number their bays from SYS/HDD0 on."""
    return f"SYS/HDD{[local.device for local in call.machine.disks].index(disk.device)}"


@simulated("diskinfo", on=S11)
async def diskinfo(call: Call) -> int:
    """Disks in bays of chassis; LUNs of an array are in none and are not listed."""
    flags, rest = parse(call.args, "h")
    if rest or call.zone is not None:
        raise Unknown()
    rows = [(f"/dev/chassis/{bay(call, disk)}/disk", disk.device) for disk in visible(call) if not disk.is_lun and not disk.virtual]
    heads = ("D:devchassis-path", "c:occupant-compdev")
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(2)]
    if not flags:
        call.out(f"{heads[0]:<{widths[0]}}  {heads[1]}\n{'-' * widths[0]}  {'-' * widths[1]}\n")
    call.out("".join(f"{path:<{widths[0]}}  {device}\n" for path, device in rows))
    return 0


@simulated("iostat")
async def iostat(call: Call) -> int:
    """``iostat -En`` only: rates need a history the lab does not keep."""
    letters = sorted("".join(word.removeprefix("-") for word in call.args if word.startswith("-")))
    operands = [word for word in call.args if not word.startswith("-")]
    if letters != ["E", "n"]:
        raise Unknown("rates")
    for disk in visible(call):
        if operands and disk.device not in operands:
            continue
        if disk.virtual:
            call.out(virtual.errors(disk.device, disk.size))
            continue
        call.out(
            f"{disk.device:<16} Soft Errors: 0 Hard Errors: 0 Transport Errors: 0 \n"
            f"Vendor: {disk.vendor:<8} Product: {disk.product:<16.16} Revision: {disk.revision:<4} Serial No: {disk.serial:<12} \n"
            f"Size: {disk.size / 10**9:.2f}GB <{disk.size} bytes>\n"
            "Media Error: 0 Device Not Ready: 0 No Device: 0 Recoverable: 0 \n"
            "Illegal Request: 0 Predictive Failure Analysis: 0 \n"
        )
    return 0
