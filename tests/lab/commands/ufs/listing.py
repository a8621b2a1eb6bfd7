# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mounts of a Solaris 10 machine as mount(1M) lists them and /etc/mnttab holds them (mnttab(4))."""

from __future__ import annotations

import time

from ...call import Call
from .. import zone_mounts
from ..hardware import filesystems
from . import devices

Row = tuple[str, str, str, list[str], int]  # special, mount point, type, options, time


def others(call: Call) -> list[Row]:
    """The kernel's own file systems and ZFS. Their times are the machine's boot time: nobody keeps when a data set was mounted."""
    found: list[Row] = []
    for item in filesystems.mounted(call, sized=False):
        if devices.at(call.machine, item.point) is not None and item.kind in ("ufs", "vxfs"):
            continue
        options = ["rw", "devices", "setuid", "nonbmand", "exec", "xattr", "atime"] if item.kind == "zfs" else []
        if item.kind == "tmpfs":
            options = ["xattr"]
        kind = "mntfs" if item.kind == "mnttab" else item.kind
        found.append((item.special, item.point, kind, options, call.machine.boot_time))
    return found


def rows(call: Call) -> list[Row]:
    """What the machine mounted by itself, then devices as they were mounted."""
    system = call.centre.filesystems
    own = [
        (each.special, each.point, system[each.device].kind if each.device in system else "ufs", each.options, each.time)
        for each in call.machine.mounts
    ]
    return others(call) + own + zone_mounts.rows(call)


def numbered(call: Call) -> list[tuple[Row, str]]:
    """The mounts with their dev=: of a device its own number, of the rest one by its place."""
    places = [each[1] for each in others(call)]
    return [(row, _number(call, row, places)) for row in rows(call)]


def _number(call: Call, row: Row, places: list[str]) -> str:
    mount = devices.at(call.machine, row[1])
    device = devices.find(call, mount.special) if mount is not None and mount.special == row[0] else None
    if device is not None:
        return device.number
    return f"{0x4A80000 + 0x40000 * places.index(row[1]):x}" if row[1] in places else "0"


def _old(options: list[str]) -> str:
    """flags(): read/write, setuid, devices in words, then the rest."""
    first = "read only" if "ro" in options else "read/write"
    suid = "nosuid" if "nosuid" in options else "nosetuid" if "nosetuid" in options else "setuid"
    nodes = "" if "nosuid" in options else "/nodevices" if "nodevices" in options else "/devices"
    rest = [word for word in options if word not in ("ro", "rw", "nosuid", "setuid", "nosetuid", "devices", "nodevices")]
    return "/".join([first, suid + nodes, *rest])


def written(seconds: int) -> str:
    return time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(seconds))


def text(call: Call, form: str) -> str:
    """'' the usual list, 'v' with types, 'p' as vfstab(4)."""
    lines = []
    for (special, point, kind, options, since), number in numbered(call):
        flags = f"{_old(options)}/dev={number}"
        if form == "p":
            lines.append(f"{special} - {point} {kind} - no {','.join(options) or '-'}")
        elif form == "v":
            lines.append(f"{special} on {point} type {kind} {flags} on {written(since)}")
        else:
            lines.append(f"{point} on {special} {flags} on {written(since)}")
    return "".join(f"{line}\n" for line in lines)


def mnttab(call: Call) -> str:
    """special, mount point, type, options, time, separated by tabs."""
    found = []
    for (special, point, kind, options, since), number in numbered(call):
        words = [*options, f"dev={number}"]
        found.append(f"{special}\t{point}\t{kind}\t{','.join(words)}\t{since}\n")
    return "".join(found)
