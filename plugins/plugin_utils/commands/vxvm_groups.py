# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk groups and volumes: command lines of vxdisksetup, vxdg, vxassist, vxvol, vxedit, vxresize, and vxprint -ht read whole.

vxdisk(1M), vxdisksetup(1M), vxdg(1M), vxprint(1M), vxassist(1M), vxvol(1M), vxedit(1M), vxresize(1M).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model.command import Command, Output
from ..model.errors import CommandFailed
from ..model.volumes import BLOCK, DiskGroup, Plex, Volume, VxDevice
from ..model.vserver import Layout
from . import vxvm
from .tables import integer, lines, none, refuse

_BIN = "/etc/vx/bin"
_NATIVE = re.compile(r"(?P<disk>c[0-9]+(?:t[0-9A-Fa-f]+)?d[0-9]+)(?:s[0-9]+)?\Z")
_DOWN = "V-5-1-684"  # the configuration daemon does not answer

#: vxassist's message that there is no room at all.
FULL = "V-5-1-752"

#: Texts of the vx commands that mean failure whatever the exit code was.
REFUSED_BY = ("VxVM vxdg ERROR", "VxVM vxassist ERROR", "VxVM vxresize ERROR", "VxVM vxvol ERROR", "VxVM vxdisksetup ERROR")


def devices() -> Command:
    """Also groups that are not imported here: their names stand in brackets."""
    return Command.of("vxdisk", "-o", "alldgs", "list")


def natives() -> Command:
    return Command.of("vxdisk", "path")


def detail(device: str) -> Command:
    return Command.of("vxdisk", "list", device)


def structure(group: str) -> Command:
    return Command.of("vxprint", "-g", group, "-ht")


def set_up(device: str) -> Command:
    """Writes VxVM's own areas on a disk."""
    return Command.of(f"{_BIN}/vxdisksetup", "-i", device)


def unset_up(device: str) -> Command:
    """Takes VxVM's own areas off a disk that is in no group; others can have it then."""
    return Command.of(f"{_BIN}/vxdiskunsetup", device)


def create(group: str, disks: Mapping[str, str]) -> Command:
    """``disks``: disk media name → device."""
    return Command.of("vxdg", "init", group, *(f"{name}={device}" for name, device in disks.items()))


def import_group(group: str, force: bool = False) -> Command:
    """``force`` (-C) clears the host id of another host: only when that one is proven not to use the group."""
    return Command.of("vxdg", *(("-C",) if force else ()), "import", group)


def deport(group: str) -> Command:
    return Command.of("vxdg", "deport", group)


def destroy(group: str) -> Command:
    return Command.of("vxdg", "destroy", group)


def start_all(group: str) -> Command:
    """An import leaves volumes stopped unless the site says otherwise."""
    return Command.of("vxvol", "-g", group, "startall")


def stop_all(group: str) -> Command:
    return Command.of("vxvol", "-g", group, "stopall")


def _words(layout: Layout, disks: int) -> tuple[str, ...]:
    match layout:
        case "single":
            return ("layout=concat",)
        case "mirror":
            return ("layout=mirror", f"nmirror={disks}")
        case "stripe":
            return ("layout=stripe", f"ncol={disks}")
    return ("layout=stripe-mirror", f"ncol={disks // 2}", "nmirror=2")


def make(group: str, volume: str, size: int, layout: Layout, disks: Sequence[str]) -> Command:
    """``size`` bytes, in sectors (``s``), rounded up. Which disk mirrors which in a stripe of mirrors vxassist decides."""
    blocks = f"{-(-size // BLOCK)}s"
    return Command.of("vxassist", "-g", group, "make", volume, blocks, *_words(layout, len(disks)), *disks)


def maxsize(group: str, layout: Layout, count: int) -> Command:
    """Output: ``vxvm.parse_maxsize`` for a volume over ``count`` disks of the group. No space at all is an error (FULL)."""
    return Command.of("vxassist", "-g", group, "maxsize", *_words(layout, count))


def resize(group: str, volume: str, kind: str, size: int) -> Command:
    """Volume and file system together, to ``size`` bytes. vxfs must be mounted."""
    return Command.of(f"{_BIN}/vxresize", "-F", kind, "-g", group, volume, f"{-(-size // BLOCK)}s")


def rename(group: str, old: str, new: str) -> Command:
    return Command.of("vxedit", "-g", group, "rename", old, new)


def remove(group: str, volume: str) -> Command:
    """-r takes plexes and subdisks along, -f a volume that is still started."""
    return Command.of("vxedit", "-g", group, "-rf", "rm", volume)


def block_device(group: str, volume: str) -> str:
    return f"/dev/vx/dsk/{group}/{volume}"


def raw_device(group: str, volume: str) -> str:
    return f"/dev/vx/rdsk/{group}/{volume}"


def parse_devices(listed: Output, paths: Output) -> tuple[dict[str, VxDevice], str]:
    """All disks that VxVM sees, by its name for them, and why VxVM does not work there at all ('' when it does)."""
    for output, what in ((listed, "vxdisk list"), (paths, "vxdisk path")):
        said = output.stderr + output.stdout
        if output.missing:
            return {}, "Veritas Volume Manager is not installed"
        if output.rc != 0 and _DOWN in said:
            return {}, f"{what} says: {said.strip()}"
        if output.rc != 0:
            raise CommandFailed(f"'{what}' ended with {output.rc}: {said.strip() or 'no message'}. Which disk groups exist is not known.")
    natives: dict[str, list[str]] = {}
    for row in vxvm.parse_paths(paths.stdout):
        match = _NATIVE.match(row["SUBPATH"])
        natives.setdefault(row["DANAME"], []).append(match["disk"] if match else row["SUBPATH"])
    found = {}
    for disk in vxvm.parse_disks(listed.stdout):
        away = re.fullmatch(r"\((.+)\)", disk.group)
        group = away[1] if away else disk.group
        known = tuple(natives.get(disk.device, ())) or ((match["disk"],) if (match := _NATIVE.match(disk.device)) else ())
        found[disk.device] = VxDevice(disk.device, disk.type, group, disk.status, bool(group) and not away, known)
    return found, ""


def parse_host(output: Output, device: str) -> str:
    """The host id on a disk, from ``vxdisk list DEVICE``: who imported its group and did not deport it."""
    if output.rc != 0:
        raise CommandFailed(f"'vxdisk list {device}' ended with {output.rc}: {output.stderr.strip()}. Whose it is is not known.")
    return none(vxvm.parse_disk(output.stdout).facts.get("hostid", ""))


def parse_structure(text: str, group: str) -> DiskGroup:
    """``vxprint -g GROUP -ht``, by the positions that its headings document. Sizes are sectors."""
    disks: dict[str, str] = {}
    volumes: dict[str, Volume] = {}
    plexes: dict[str, tuple[str, Plex]] = {}
    for line in lines(text):
        words = line.split()
        kind = words[0]
        if kind.isupper() and words[1:2] == ["NAME"] or line.startswith("Disk group:"):
            continue
        least = {"dm": 6, "v": 6, "pl": 8, "sd": 7, "sv": 7}.get(kind, 2)
        if len(words) < least:
            refuse("vxprint -ht", line, f"has fewer than {least} columns")
        if kind == "dm":
            disks[words[1]] = none(words[2])
        elif kind == "v":
            volumes[words[1]] = Volume(words[1], integer("vxprint -ht", line, words[5]) * BLOCK, words[3], words[4])
        elif kind == "pl":
            columns = words[7].split("/")[0]
            width = integer("vxprint -ht", line, columns) if columns != "-" else 1
            plexes[words[1]] = (words[2], Plex(words[1], words[6], width, (), words[3], words[4]))
        elif kind in ("sd", "sv") and words[2] in plexes:
            volume, plex = plexes[words[2]]
            grown = replace(plex, disks=(*plex.disks, words[3])) if kind == "sd" else replace(plex, layers=(*plex.layers, words[3]))
            plexes[words[2]] = (volume, grown)
        elif kind not in ("dg", "rv", "rl", "co", "vt", "st", "sc", "sp", "ca", "dc", "ex"):
            refuse("vxprint -ht", line)
    for volume, plex in plexes.values():
        if volume in volumes:
            volumes[volume] = replace(volumes[volume], plexes=(*volumes[volume].plexes, plex))
    return DiskGroup(group, disks, volumes)


def layout(volume: Volume, group: DiskGroup) -> str:
    """The volume's layout in the declaration's words; others as vxprint has them. Plexes of logs have no data columns."""
    data = [plex for plex in volume.plexes if plex.layout != "LOGONLY" and (plex.disks or plex.layers)]
    kinds = {plex.layout for plex in data}
    if not data or len(kinds) > 1:
        return "+".join(sorted(kinds)) or "nothing"
    (kind,) = kinds
    if data[0].layers:
        inner = [group.volumes[name] for name in data[0].layers if name in group.volumes]
        mirrored = bool(inner) and all(len(one.plexes) > 1 for one in inner)
        return "stripe_of_mirrors" if kind == "STRIPE" and mirrored and len(data) == 1 else f"layered {kind}"
    if len(data) > 1:
        return "mirror" if kind == "CONCAT" else f"mirror of {kind}"
    return {"CONCAT": "single", "STRIPE": "stripe"}.get(kind, kind)
