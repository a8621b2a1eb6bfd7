# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxdisksetup, vxdiskunsetup: a LUN gets a private region and loses it. Disks of the machine's own are not simulated."""

from __future__ import annotations

from ...call import Call
from ...diskgroups import PrivateRegion
from ...truth import Lun
from ..options import Unknown, parse
from . import groups, host

ZFS = """Disk {name} is in use by ZFS. Slice(s) 0 are in use as ZFS zpool (or former) devices.
If you still want to initialize this device for VxVM use, please destroy the zpool by running 'zpool' command if it is still active, \
and then remove the ZFS signature from each of these slice(s) as follows:
dd if=/dev/zero of=/dev/vx/rdmp/{name}s0 oseek=31 bs=512 count=1"""


def operand(call: Call, rest: list[str]) -> tuple[host.Device, Lun]:
    if len(rest) != 1:
        raise Unknown("attributes")
    device = host.device(call, rest[0])
    if device is None:
        raise Unknown(f"no disk {rest[0]}")
    if device.lun is None:
        raise Unknown("a disk of the machine's own")
    return device, device.lun


@host.veritas("vxdisksetup", folder="")
async def vxdisksetup(call: Call) -> int:
    """``-i`` writes the private region; ``-f`` over one that is there."""
    flags, rest = parse(call.args, "if")
    letters = {letter for letter, _ in flags}
    if "i" not in letters:
        raise Unknown("without -i")
    device, lun = operand(call, rest)
    if not host.of(call).licensed:
        raise host.error("vxdisk", "V-5-1-5433", f"Device {device.name}: init failed:\n{host.LICENCE}", 1)
    if device.other == "SVM":
        raise Unknown("a disk of a disk set: it is refused, in words nobody recorded")
    if device.other:
        raise host.error("vxdisksetup", "V-5-2-5716", ZFS.format(name=device.name), 1)
    if lun.private is not None and lun.private.group:
        raise Unknown("a disk of a disk group: it is refused, in words nobody recorded")
    if lun.private is not None and "f" not in letters:
        raise Unknown("a disk that is set up already")
    await call.sleep(1.0)
    host_id = f"{call.now()}.{1 + len(call.centre.diskgroups) + sum(each.private is not None for each in call.centre.luns.values())}"
    lun.private = PrivateRegion(f"{host_id}.{call.machine.name}", written=call.now())
    call.save()
    return 0


@host.veritas("vxdiskunsetup", folder="")
async def vxdiskunsetup(call: Call) -> int:
    """Recorded: ``-f -C`` on a disk of a group that is not imported here. ``-C`` takes away the host's lock, ``-f`` the membership."""
    flags, rest = parse(call.args, "fC")
    letters = {letter for letter, _ in flags}
    device, lun = operand(call, rest)
    private = lun.private
    if private is None:
        raise host.error("vxdiskunsetup", "V-5-2-3522", f"{device.name}: Disk is not a volume manager disk", 1)
    if private.group in host.of(call).groups:
        raise Unknown("a disk of an imported disk group: it is refused, in words nobody recorded")
    if (private.group and "f" not in letters) or (private.host and "C" not in letters):
        raise Unknown("a disk of a disk group, without -f and -C: it is refused, in words nobody recorded")
    groups.overwritten(call, lun)
    lun.private = None
    await call.sleep(1.0)
    call.save()
    return 0
