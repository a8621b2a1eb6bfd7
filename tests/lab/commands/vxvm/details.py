# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``vxdisk list DISK``: recorded for disks that are fresh, of a group and of none (VxVM 5.0, 6.0, 8.0); figures of a private region of
65536 sectors from the 5.0 Administrator's Guide."""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, MediaDisk
from ..options import Unknown
from . import host

CONFIG = 48144  # sectors of the configuration copy in a private region
LOG = 7296
REGIONS = (("config", 48, 239, 0), ("config", 256, 48207, 192), ("log", 48208, 55503, 0))


def udid(device: host.Device) -> str:
    """Vendor, product, array and serial number of the disk, escaped; a LUN's serial number is its GUID."""
    if device.lun is None:
        raise Unknown("a disk of the machine's own")
    parts = (device.lun.vendor, device.lun.product, "DISKS", device.lun.guid)
    return "%5F".join(part.replace("_", "%5F").replace(" ", "%20") for part in parts)


def of(call: Call, device: host.Device, place: tuple[DiskGroup, MediaDisk] | None) -> str:
    if device.other:
        raise Unknown(f"a disk of {device.other}")
    private = device.private
    nodes = f"block=/dev/vx/dmp/{device.name}s2 char=/dev/vx/rdmp/{device.name}s2"
    lines = [f"Device:    {device.name}", f"devicetag: {device.name}", "type:      auto"]
    tail = ["Multipathing information:", "numpaths:   1", f"{device.native:<15} state=enabled"]
    names = [f"guid:      {host.guid(private.disk_id) if private else '-'}", f"udid:      {udid(device)}", "site:      -"]
    if private is None:
        lines += ["info:      format=none", "flags:     online ready private autoconfig invalid", f"pubpaths:  {nodes}", *names]
        return "".join(f"{line}\n" for line in [*lines, *tail])
    group = call.centre.diskgroups.get(private.group)
    state = "autoimport" if group is None or group.autoimport else "noautoimport"
    lines += [
        f"hostid:    {private.host}",
        f"disk:      name={place[1].name if place else ''} id={private.disk_id}",
        f"group:     name={group.name if group else ''} id={group.id if group else ''}",
        "info:      format=cdsdisk,privoffset=256,pubslice=2,privslice=2",
        f"flags:     online ready private autoconfig {state}{' imported' if place else ''}",
        f"pubpaths:  {nodes}",
        *names,
        "version:   3.1",
        "iosize:    min=512 (bytes) max=2048 (blocks)",
        f"public:    slice=2 offset={host.PUBLIC_OFFSET} len={place[1].length if place else device.public} disk_offset=0",
        f"private:   slice=2 offset=256 len={host.PRIVATE} disk_offset=0",
        f"update:    time={private.written} seqno=0.{group.changes if group else 1}",
        "ssb:       actual_seqno=0.0",
        "headers:   0 240",
        f"configs:   count=1 len={CONFIG}",
        f"logs:      count=1 len={LOG}",
        "Defined regions:",
    ]
    used = "enabled" if place else "disabled"
    for what, first, last, offset in REGIONS:
        lines.append(f" {what:<8} priv {first:06}-{last:06}[{last - first + 1:06}]: copy=01 offset={offset:06} {used}")
    lines.append(" lockrgn  priv 055504-055647[000144]: part=00 offset=000000")
    return "".join(f"{line}\n" for line in [*lines, *tail])
