# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs and their paths: mpathadm(1M), luxadm(1M), cfgadm(1M).

Every machine has two Fibre Channel ports, every array two; a LUN has a path from each to each. Port names derive from the machine's and
the array's names, so they are the same wherever they are printed.
"""

from __future__ import annotations

import hashlib
import itertools

from ...call import Call
from ..honest import root_only, simulated
from ..options import Refused, Unknown, parse
from .disks import Disk, named, visible


def digits(name: str, count: int) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:count]


def initiators(call: Call) -> list[str]:
    return [f"2100{digits(f'{call.machine.name} port {port}', 12)}" for port in (0, 1)]


def targets(array: str) -> list[str]:
    return [f"50060e80{digits(f'{array} port', 6)}{port:02x}" for port in (0, 16)]


def array_of(call: Call, disk: Disk) -> str:
    return call.centre.luns[disk.guid].array if disk.guid else ""


def no_ports(call: Call) -> None:
    """A guest domain has no host port; what commands for them say there is not recorded. mpathadm lists nothing that is not scsi_vhci's."""
    if call.machine.guest_of:
        raise Unknown("in a guest domain")


def raw(disk: Disk) -> str:
    return f"/dev/rdsk/{disk.device}s2"


def path_lines(initiator: str, target: str) -> str:
    fields = (
        ("Initiator Port Name", initiator),
        ("Target Port Name", target),
        ("Override Path", "NA"),
        ("Path State", "OK"),
        ("Disabled", "no"),
    )
    return "".join(f"\t\t{label}:  {value}\n" for label, value in fields) + "\n"


def details(call: Call, disk: Disk) -> str:
    ends = targets(array_of(call, disk))
    fields = (
        ("mpath-support", "libmpscsi_vhci.so"), ("Vendor", f"{disk.vendor:<8}"), ("Product", f"{disk.product:<16}"),
        ("Revision", disk.revision),
        ("Name Type", "unknown type"), ("Name", disk.wwn), ("Asymmetric", "no"), ("Current Load Balance", "round-robin"),
        ("Logical Unit Group ID", "NA"), ("Auto Failback", "on"), ("Auto Probing", "NA"),
    )  # fmt: skip
    text = f"Logical Unit:  {raw(disk)}\n" + "".join(f"\t{label}:  {value}\n" for label, value in fields) + "\n\tPaths:  \n"
    text += "".join(path_lines(initiator, target) for initiator, target in itertools.product(initiators(call), ends))
    text += "\tTarget Ports:  \n"
    return text + "".join(f"\t\tName:  {target}\n\t\tRelative ID:  0\n\n" for target in ends)


@simulated("mpathadm")
async def mpathadm(call: Call) -> int:
    if call.zone is not None or len(call.args) < 2 or call.args[1].lower() not in ("lu", "logical-unit"):
        raise Unknown()
    verb, names = call.args[0], call.args[2:]
    if verb == "list":
        disks = [disk for disk in visible(call) if disk.multipathed]
        if names:
            raise Unknown("chosen logical units")
        for disk in disks:
            call.out(f"\t{raw(disk)}\n\t\tTotal Path Count: {disk.paths}\n\t\tOperational Path Count: {disk.paths}\n")
        return 0
    if verb == "show" and names:
        for name in names:
            no_ports(call)
            found = named(call, name)
            if found is None:
                raise Refused(f"Error: Logical-unit {name} is not found.")
            if not found.is_lun:
                raise Unknown("paths of internal disks")
            call.out(details(call, found))
        return 0
    raise Unknown()


@simulated("luxadm")
async def luxadm(call: Call) -> int:
    root_only(call, "Error: You must be super-user to use this subcommand.")
    no_ports(call)
    luns = [disk for disk in visible(call) if disk.is_lun]
    if call.args == ["probe"]:
        call.out("No Network Array enclosures found in /dev/es\n")
        call.out("\nFound Fibre Channel device(s):\n" if luns else "")
        for disk in luns:
            call.out(f"  Node WWN:{targets(array_of(call, disk))[0]}  Device Type:Disk device\n    Logical Path:{raw(disk)}\n")
        return 0
    if call.args == ["-e", "port"] and call.machine.architecture == "sparc":
        for port in (0, 1):
            name = f"/devices/pci@300/pci@1/pci@0/pci@6/SUNW,qlc@0{f',{port}' if port else ''}/fp@0,0:devctl"
            call.out(f"{name:<66} {'CONNECTED' if luns else 'NOT CONNECTED'}\n")
        return 0
    raise Unknown()


@simulated("cfgadm")
async def cfgadm(call: Call) -> int:
    """``cfgadm -al``, also with ``-o show_FCP_dev`` (the arrays' LUNs one by one).

    Internal disks are on c0, the ports to the fabric are c2 and c3.
    """
    flags, rest = parse(call.args, "alo:")
    options = dict(flags)
    if rest or "l" not in options or "a" not in options or options.get("o", "show_FCP_dev") not in ("show_FCP_dev", "show_SCSI_LUN"):
        raise Unknown()
    no_ports(call)
    disks = visible(call)
    rows: list[tuple[str, str, str, str, str]] = []
    if any(not disk.is_lun for disk in disks):
        rows.append(("c0", "scsi-sas", "connected", "configured", "unknown"))
        for disk in disks:
            if not disk.is_lun:
                rows.append((f"c0::dsk/{disk.device}", "disk", "connected", "configured", "unknown"))
    luns = [disk for disk in disks if disk.is_lun]
    for port, controller in enumerate(("c2", "c3")):
        rows.append((controller, "fc-fabric" if luns else "fc", "connected", "configured" if luns else "unconfigured", "unknown"))
        for array in sorted({array_of(call, disk) for disk in luns}):
            mine = [disk for disk in luns if array_of(call, disk) == array]
            name = f"{controller}::{targets(array)[port]}"
            names = [f"{name},{unit:x}" for unit in range(len(mine))] if "o" in options else [name]
            rows += [(each, "disk", "connected", "configured", "unknown") for each in names]
    for row in [("Ap_Id", "Type", "Receptacle", "Occupant", "Condition"), *rows]:
        call.out(f"{row[0]:<30} {row[1]:<12} {row[2]:<12} {row[3]:<12} {row[4]}\n")
    return 0
