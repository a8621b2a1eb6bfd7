# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual disks of a guest domain (OVM Server for SPARC) and the LUNs behind them.

A virtual disk is called ``c0dN`` whatever lies behind it. The driver vdc gives it the device id of its back end where that is a whole
disk or LUN, with its own name in it: ``id1,vdc@n<NAA>``; a file, volume or disk image has an invented one (``f``), a slice has none
(published sources of vdc and vds; administration guide, "Virtual Disk Appearance"). ``prtconf -v`` prints it as a property of the
device, with the device's paths and links below (prtconf(1M); published source, pdevinfo.c)::

    disk, instance #1
        Hardware properties:
            name='devid' type=string items=1
                value='id1,vdc@n60060e8007c3f2000030c3f200000101'
        Device Minor Nodes:
            dev=(32,8)
                dev_path=/virtual-devices@100/channel-devices@200/disk@1:a
                    spectype=blk type=minor
                    dev_link=/dev/dsk/c0d1s0
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from .tables import lines, refuse

#: Where virtual disks hang in the device tree of every sun4v domain.
BUS = "/virtual-devices@100/channel-devices@200"

_NODE = re.compile(r" *[^\s=']\S*, instance #[0-9]+( .*)?")
_PATH = re.compile(rf" *dev_path=(?P<path>{BUS}/disk@[0-9a-f]+):\S+")
_LINK = re.compile(r" *dev_link=/dev/r?dsk/(?P<device>c[0-9]+(?:t[0-9A-F]+)?d[0-9]+)(?:s[0-9]+|p[0-9])?")
_DEVID = re.compile(r" *value='(?P<devid>[^']*)'")
_WHOLE = re.compile(r"id[0-9],vdc@(?:n(?P<naa>[0-9a-f]{16}|[0-9a-f]{32})|w(?P<old>6[0-9a-f]{31}))")


@dataclass(frozen=True, slots=True)
class VirtualDisk:
    """``path`` is as format prints it, ``devices`` are its names without slice (more than one where old links were left); ``guid`` in
    capitals, '' where the back end is no whole LUN."""

    path: str
    devices: tuple[str, ...]
    guid: str


def probe() -> Command:
    """A machine that has no such bus (x86, sun4u) ends with 1."""
    return Command.of("prtconf", "-v", "-c", f"/devices{BUS}", ok=(0, 1))


def parse(output: Output) -> tuple[VirtualDisk, ...]:
    """Every virtual disk; none where there is no bus for them. Raises ParseError where prtconf failed otherwise."""
    if output.rc != 0:
        if "path specified" in output.stderr:
            return ()
        raise ParseError(f"prtconf -v failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    found: list[VirtualDisk] = []
    path = devid = ""
    devices: dict[str, None] = {}
    expecting = False
    for line in [*lines(output.stdout), "end, instance #0"]:
        if expecting:
            value = _DEVID.fullmatch(line)
            if value is None or devid:
                refuse("prtconf -v", line, "is not the one value of a device id")
            devid, expecting = value["devid"], False
        elif _NODE.fullmatch(line):
            if path:
                found.append(_disk(path, tuple(devices), devid))
            path, devid, devices = "", "", {}
        elif line.strip().startswith("name='devid' "):
            expecting = True
        elif match := _PATH.fullmatch(line):
            if path not in ("", match["path"]):
                refuse("prtconf -v", line, f"is a second path of {path}")
            path = match["path"]
        elif match := _LINK.fullmatch(line):
            devices[match["device"]] = None
    return tuple(found)


def _disk(path: str, devices: tuple[str, ...], devid: str) -> VirtualDisk:
    whole = _WHOLE.fullmatch(devid)
    return VirtualDisk(path, devices, (whole["naa"] or whole["old"]).upper() if whole else "")


def by_device(disks: tuple[VirtualDisk, ...]) -> dict[str, str]:
    """Device name → GUID ('' for none)."""
    return {device: disk.guid for disk in disks for device in disk.devices}
