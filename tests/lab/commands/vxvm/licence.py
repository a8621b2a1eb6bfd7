# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxdctl, vxlicrep, vxdmpadm. Recorded on VxVM 6.0; a machine without a licence is known by what refuses, not by these. And the names of
the package that the lab does not know."""

from __future__ import annotations

from ...call import Call
from ..options import Unknown, parse
from . import host

FEATURES = (
    "Mirroring", "Root Mirroring", "Concatenation", "Disk-spanning", "Striping", "RAID-5", "RAID-5 Snapshot", "VxSmartSync",
    "DMP (multipath enabled)", "CDS", "Dynamic LUN Expansion", "Hardware assisted copy", "DMP Native Support",
)  # fmt: skip
REPORT = (
    ("License Key", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-I"), ("Product Name", "VERITAS Volume Manager"), ("Serial Number", "12365"),
    ("License Type", "PERMANENT"), ("OEM ID", "2006"), ("Site License", "YES"), ("Editions Product", "YES"),
)  # fmt: skip
KEYS = (
    ("CPU Count", "Not Restricted"), ("ALL_DMP", "Enabled"), ("Platform", "un-used"), ("Version", "6.0"),
    ("Maximum number of volumes", "Not Restricted"), ("DMP Native Support", "Enabled"), ("VXKEYLESS", "Enabled"),
)  # fmt: skip


@host.veritas("vxdctl")
async def vxdctl(call: Call) -> int:
    """``mode``, ``-c mode`` outside a cluster, ``enable``, ``license`` of a licensed machine."""
    flags, rest = parse(call.args, "c")
    match rest:
        case ["mode"]:
            call.out("mode: enabled: cluster inactive\n" if flags else "mode: enabled\n")
        case ["enable"] if not flags:
            host.discover(call.centre, call.machine)
            call.save()
        case ["license"] if not flags and host.of(call).licensed:
            call.out("All features are available:\n" + "".join(f" {feature}\n" for feature in FEATURES))
        case _:
            raise Unknown()
    return 0


@host.veritas("vxlicrep", folder="")
async def vxlicrep(call: Call) -> int:
    if call.args or not host.of(call).licensed or host.of(call).version != "6.0":
        raise Unknown()
    call.out(
        "\nSymantec License Manager vxlicrep utility version 3.02.61.004\n"
        "Copyright (C) 1996-2012 Symantec Corporation. All rights reserved.\n\n"
        "Creating a report on all VERITAS products installed on this system\n\n"
        " -----------------***********************-----------------\n\n"
    )
    call.out("".join(f"   {key:<35} = {value}\n" for key, value in REPORT))
    call.out("\n Features :=\n\n" + "".join(f"   {key:<35} = {value}\n" for key, value in KEYS))
    return 0


@host.veritas("vxdmpadm")
async def vxdmpadm(call: Call) -> int:
    """``listenclosure [all]``: the disks of all arrays belong to the enclosure of disks that no array library claims."""
    if call.args not in (["listenclosure"], ["listenclosure", "all"]):
        raise Unknown()
    call.out(
        "ENCLR_NAME        ENCLR_TYPE     ENCLR_SNO      STATUS       ARRAY_TYPE     LUN_COUNT\n"
        "=======================================================================================\n"
        f"disk              Disk           DISKS                CONNECTED    Disk        {len(host.devices(call))}\n"
    )
    return 0


@host.veritas(
    "vxclustadm", "vxddladm", "vxdefault", "vxdiskadd", "vxdiskadm", "vxevac", "vxkeyless", "vxlictest", "vxmake", "vxmend", "vxmirror",
    "vxplex", "vxrecover", "vxrelayout", "vxsd", "vxsnap", "vxstat", "vxtask", "vxtrace", "vxtune",
)  # fmt: skip
async def others(call: Call) -> int:
    """The package has them, the lab does not know them."""
    raise Unknown()
