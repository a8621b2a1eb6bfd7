# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine is: prtconf(1M), prtdiag(1M), virtinfo(1M)."""

from __future__ import annotations

import uuid

from ...call import Call
from ...truth import Machine
from ..honest import simulated
from ..options import Refused, Unknown, parse
from . import virtual

NAMESPACE = uuid.UUID("0a1f5a4c-52a8-4d1c-9a0e-0d1b9c8e7f11")
# The firmware the lab's machines have; the form is that of `prtconf -V`, the levels are the lab's own.
OBP = {"SPARC-T4": "OBP 4.38.12 2016/11/18 06:44", "SPARC-T5": "OBP 4.38.16 2018/05/10 13:20", "SPARC-M8": "OBP 4.43.5 2019/08/20 10:14"}
ROLES = ("control", "io", "service", "root")
VENDOR = "Oracle Corporation"


def megabytes(machine: Machine) -> int:
    return machine.memory >> 20


def kernel_class(machine: Machine) -> str:
    return "sun4v" if machine.architecture == "sparc" else "i86pc"


def firmware(machine: Machine) -> str:
    """The OpenBoot version. Raises Unknown for a processor whose firmware nobody looked up."""
    if machine.cpu not in OBP:
        raise Unknown(f"firmware of {machine.model}")
    return OBP[machine.cpu]


def root_node(machine: Machine) -> str:
    return f"ORCL,{machine.model.replace(' ', '-')}" if machine.architecture == "sparc" else "i86pc"


@simulated("prtconf")
async def prtconf(call: Call) -> int:
    flags, rest = parse(call.args, "Vvpc")
    letters = {letter for letter, _ in flags}
    machine = call.machine
    if letters == {"v", "c"} and rest == [f"/devices{virtual.BUS}"]:
        if machine.architecture != "sparc":  # published source of prtconf: the path is looked at first
            raise Refused("prtconf: invalid path specified")
        if call.zone is not None:
            raise Unknown("in a zone")
        call.out(virtual.tree(call))
        return 0
    if rest or letters not in (set(), {"V"}, {"v"}, {"p"}, {"p", "v"}) or (letters & {"V", "p"} and machine.architecture != "sparc"):
        raise Unknown()
    if letters and virtual.is_guest(machine):
        raise Unknown("in a guest domain")
    if letters == {"V"}:
        call.out(firmware(machine) + "\n")
        return 0
    call.out(f"System Configuration:  {VENDOR}  {kernel_class(machine)}\nMemory size: {megabytes(machine)} Megabytes\n")
    if "p" not in letters:
        call.out("System Peripherals (Software Nodes):\n\n")
        if call.zone is not None:
            call.err("prtconf: devinfo facility not available\n")
            return 1
        call.out(f"{root_node(machine)}\n    scsi_vhci, instance #0\n")
        call.out("".join(f"    network, instance #{place}\n" for place in range(len(machine.nics))))
        return 0
    if call.zone is not None:
        raise Unknown("PROM nodes in a zone")
    call.out("System Peripherals (PROM Nodes):\n\nNode 0xfffffff0\n")
    if "v" in letters:
        call.out(f"    banner-name:  '{machine.model}'\n    name:  '{root_node(machine)}'\n    chassis-sn:  '{machine.serial}'\n")
    else:
        call.out(f"    '{root_node(machine)}'\n")
    return 0


@simulated("prtdiag")
async def prtdiag(call: Call) -> int:
    """Exit code 0: no failed parts. Sections of boards and slots are left out; the lab has none."""
    flags, rest = parse(call.args, "v")
    machine = call.machine
    if call.zone is not None:
        raise Refused("prtdiag can only be run in the global zone")
    if rest:
        raise Unknown()
    if machine.architecture != "sparc":
        call.out(f"System Configuration: {VENDOR}     {machine.model}\n\n==== Processor Sockets ====================================\n\n")
        call.out(f"{'Version':<32} Location Tag\n{'-' * 32} {'-' * 26}\n")
        call.out("".join(f"{machine.cpu:<32} P{chip}\n" for chip in range(machine.chips)))
        return 0
    call.out(f"System Configuration:  {VENDOR}  sun4v {machine.model}\nMemory size: {megabytes(machine)} Megabytes\n\n")
    call.out("================================ Virtual CPUs ================================\n\n\n")
    call.out("CPU ID Frequency Implementation         Status\n------ --------- ---------------------- -------\n")
    call.out("".join(f"{number:<6} {machine.mhz} MHz  {machine.cpu:<22} on-line\n" for number in range(machine.threads)))
    if flags and virtual.is_guest(machine):
        raise Unknown("in a guest domain")
    if flags:
        call.out(f"\nSystem PROM revisions:\n----------------------\n{firmware(machine)}\n")
        call.out(f"\nChassis Serial Number\n---------------------\n{machine.serial}\n")
    return 0


@simulated("virtinfo")
async def virtinfo(call: Call) -> int:
    """The lab's SPARC machines are control domains, or guests of one (recorded: ``-a -p`` of a guest).

    Without options Solaris 11.2 and later list what they can host.
    """
    flags, rest = parse(call.args, "ap")
    letters = {letter for letter, _ in flags}
    machine = call.machine
    if rest:
        raise Unknown()
    if call.zone is not None:
        if machine.release == "s10" or letters:
            call.out("virtinfo can only be run from the global zone\n")
            return 0 if letters else 1
        call.out("NAME            CLASS\nnon-global-zone current\n")
        return 0
    if not letters and machine.release != "s10":
        call.out("NAME            CLASS\n")
        call.out("logical-domain  current\n" if machine.architecture == "sparc" else "")
        call.out("non-global-zone supported\n" + ("kernel-zone     supported\n" if "solaris-kz" in machine.brands else ""))
        call.out("logical-domain  supported\n" if machine.architecture == "sparc" else "")
        return 0
    if machine.architecture != "sparc":
        raise Unknown("on x86")
    guest = virtual.is_guest(machine)
    carrier = call.centre.machines[machine.guest_of] if guest else machine
    name, identity = (machine.name if guest else "primary"), domain_uuid(machine)
    if "p" in letters:
        call.out("VERSION 1.0\nDOMAINROLE|impl=LDoms|" + "|".join(f"{role}={str(not guest).lower()}" for role in ROLES) + "\n")
        if "a" in letters:
            call.out(f"DOMAINNAME|name={name}\nDOMAINUUID|uuid={identity}\n")
            call.out(f"DOMAINCONTROL|name={carrier.name}\nDOMAINCHASSIS|serialno={carrier.serial}\n")
        return 0
    call.out("Domain role: LDoms guest\n" if guest else "Domain role: LDoms control I/O service root\n")
    if "a" in letters:
        call.out(f"Domain name: {name}\nDomain UUID: {identity}\nControl domain: {carrier.name}\nChassis serial#: {carrier.serial}\n")
    return 0


def domain_uuid(machine: Machine) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{machine.guest_of} {machine.name}" if machine.guest_of else machine.serial)
