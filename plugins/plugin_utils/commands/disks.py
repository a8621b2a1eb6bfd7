# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node's disks and LUNs, put together from format, iostat -En and mpathadm in one set of probes.

A LUN's GUID is taken only where the device path says that the name is one: ``/scsi_vhci/…@g<GUID>``. In a path
``…@w<WWN>,<lun>`` the hexadecimal part of the disk's name is the WWN of a port of the array, the same for many LUNs.
In a guest domain names hold none; there it is that of the device id (virtual_disks).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.storage import Disk
from . import format, iostat, multipath, virtual_disks

_NAMED = re.compile(r"c[0-9]+t(?P<hex>[0-9A-F]{16}|[0-9A-F]{32})d0")


def probes() -> dict[str, Command]:
    """format asks for a disk and ends at the end of its input; its exit code then differs by release."""
    return {
        "format": Command.of("format", ok=(0, 1)),
        "iostat-En": Command.of("iostat", "-En"),
        "mpathadm-list-lu": Command.of("mpathadm", "list", "lu"),
        "prtconf-vdisks": virtual_disks.probe(),
    }


def guid(device: str, path: str) -> str | None:
    """GUID in capitals of a disk name and its physical path; None where the name holds none or does not prove one."""
    match = _NAMED.fullmatch(device)
    if not match:
        return None
    virtual = re.search(r"@g([0-9a-fA-F]{16,32})\Z", path)
    if virtual:
        if virtual[1].upper() != match["hex"]:
            raise ParseError(f"format: disk {device} and its path {path} name different LUNs")
        return match["hex"]
    # 32 digits are always a LUN's own NAA 6 identifier; 16 may be a port's
    return match["hex"] if len(match["hex"]) == 32 else None


def parse(outputs: Mapping[str, Output]) -> tuple[Disk, ...]:
    """Every disk that format lists, in its order. Sizes and paths are None where the other two commands do not tell."""
    listing = outputs["format"]
    if listing.missing or (listing.rc not in (0, 1)):
        raise ParseError(f"format failed with exit code {listing.rc}: {listing.stderr.strip()}")
    listed = format.parse(listing.stdout if listing.stdout.strip() else listing.stderr)
    devices = {device.name: device for device in iostat.parse(_answer(outputs["iostat-En"], "iostat -En"))}
    multipathed = outputs["mpathadm-list-lu"]
    units = () if multipathed.missing else multipath.parse_list(_answer(multipathed, "mpathadm list lu"))
    paths, totals = multipath.paths_of(units), multipath.totals_of(units)
    virtual = _virtual(listed, outputs)
    found = []
    for entry in listed:
        device = devices.get(entry.disk)
        found.append(
            Disk(
                entry.disk,
                guid=virtual[entry.path] if entry.path in virtual else guid(entry.disk, entry.path),
                size=device.size if device else None,
                vendor=device.vendor if device else "",
                product=device.product if device else "",
                paths=paths.get(entry.disk),
                all_paths=totals.get(entry.disk),
            )
        )
    return tuple(found)


def _virtual(listed: tuple[format.Listed, ...], outputs: Mapping[str, Output]) -> dict[str, str | None]:
    """GUIDs of virtual disks by path, None for those whose back end is no whole LUN."""
    paths = [entry.path for entry in listed if entry.path.startswith(virtual_disks.BUS)]
    if not paths:
        return {}
    known = {disk.path: disk.guid or None for disk in virtual_disks.parse(outputs["prtconf-vdisks"])}
    if unknown := [path for path in paths if path not in known]:
        raise ParseError(f"prtconf -v does not show {unknown[0]}, which format lists")
    return {path: known[path] for path in paths}


def _answer(output: Output, command: str) -> str:
    if output.rc != 0:
        raise ParseError(f"{command} failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return output.stdout
