# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guest domains: their virtual disks, as the driver vdc shows them.

Its published source says: device id of a whole disk or LUN with type and bytes of the back end's, counters and names in
``iostat -En`` (SUN, VDSK; no hard errors, no serial number), minor nodes a to h. prtconf's source says how ``-v`` prints a node.
Other nodes on the bus are left out, as are their properties: the lab has neither.
"""

from __future__ import annotations

from ...call import Call
from ...truth import Machine

BUS = "/virtual-devices@100/channel-devices@200"
MAJOR = 32  # of vdc; the lab's own, numbers differ by installation


def device_path(number: int) -> str:
    return f"{BUS}/disk@{number:x}"


def tree(call: Call) -> str:
    """``prtconf -v -c`` of the bus: four blanks a level, the named node at the left."""
    text = "channel-devices, instance #0\n"
    for number, (device, devid, efi) in enumerate(disks(call)):
        text += f"    disk, instance #{number}\n"
        if devid:
            text += "        Hardware properties:\n            name='devid' type=string items=1\n"
            text += f"                value='{devid}'\n"
        text += "        Device Minor Nodes:\n"
        for place in range(8):
            last = efi and place == 7
            node, part = ("wd", "") if last else ("abcdefgh"[place], f"s{place}")
            text += f"            dev=({MAJOR},{number * 8 + place})\n"
            for minor, kind, folder in ((node, "blk", "dsk"), (f"{node},raw", "chr", "rdsk")):
                text += f"                dev_path={device_path(number_of(device))}:{minor}\n"
                text += f"                    spectype={kind} type=minor\n"
                text += f"                    dev_link=/dev/{folder}/{device}{part}\n"
    return text


def number_of(device: str) -> int:
    """A virtual disk is c0dN, N its device number (administration guide, "Virtual Disk Identifier and Device Name")."""
    return int(device.rpartition("d")[2])


def disks(call: Call) -> list[tuple[str, str, bool]]:
    """(device, device id, with an EFI label) of every virtual disk; no machine but a guest domain has any."""
    if not is_guest(call.machine):
        return []
    from .disks import visible

    return [(disk.device, disk.devid, disk.pool is not None and not disk.sliced) for disk in visible(call)]


def errors(device: str, size: int) -> str:
    """``iostat -En`` of one: a new line after the third counter, one after the size, and one at the end (published source of iostat)."""
    return (
        f"{device:<16} Soft Errors: 0 Transport Errors: 0 Protocol Errors: 0 \n"
        f"Vendor: SUN Product: VDSK Size: {size / 10**9:.2f}GB <{size} bytes>\n\n"
    )


def is_guest(machine: Machine) -> bool:
    return bool(machine.guest_of)
