# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vxprint and vxinfo. Columns as recorded on VxVM 6.0 (Solaris 10) and 8.0; a heading per group unless ``-g`` chose one."""

from __future__ import annotations

from ...call import Call
from ...diskgroups import DiskGroup, Plex, Subdisk, Volume
from ..options import Unknown, parse
from . import groups, host

SHORT_HEAD = "TY NAME         ASSOC        KSTATE   LENGTH   PLOFFS   STATE    TUTIL0  PUTIL0"
SHORT = (0, 3, 16, 29, 38, 47, 56, 65, 73)
HEADS = """DG NAME         NCONFIG      NLOG     MINORS   GROUP-ID
ST NAME         STATE        DM_CNT   SPARE_CNT         APPVOL_CNT
DM NAME         DEVICE       TYPE     PRIVLEN  PUBLEN   STATE
RV NAME         RLINK_CNT    KSTATE   STATE    PRIMARY  DATAVOLS  SRL
RL NAME         RVG          KSTATE   STATE    REM_HOST REM_DG    REM_RLNK
CO NAME         CACHEVOL     KSTATE   STATE
VT NAME         RVG          KSTATE   STATE    NVOLUME
V  NAME         RVG/VSET/CO  KSTATE   STATE    LENGTH   READPOL   PREFPLEX UTYPE
PL NAME         VOLUME       KSTATE   STATE    LENGTH   LAYOUT    NCOL/WID MODE
SD NAME         PLEX         DISK     DISKOFFS LENGTH   [COL/]OFF DEVICE   MODE
SV NAME         PLEX         VOLNAME  NVOLLAYR LENGTH   [COL/]OFF AM/NM    MODE
SC NAME         PLEX         CACHE    DISKOFFS LENGTH   [COL/]OFF DEVICE   MODE
DC NAME         PARENTVOL    LOGVOL
SP NAME         SNAPVOL      DCO
"""
VOLUME_HEAD = "V  NAME         RVG/VSET/CO  KSTATE   STATE    LENGTH   READPOL   PREFPLEX UTYPE\n"
LONG = (0, 3, 16, 29, 38, 47, 56, 66, 75)


class Printer:
    """The records of one group."""

    def __init__(self, call: Call, group: DiskGroup) -> None:
        self.call, self.group = call, group

    def kernel(self, volume: Volume) -> str:
        return "ENABLED" if groups.enabled(self.call, self.group, volume) else "DISABLED"

    def device(self, disk: str) -> str:
        return host.name_of(self.call, self.group.disks[disk].guid) or "-"

    def offset(self, plex: Plex, subdisk: Subdisk) -> int:
        """Where the subdisk begins in its column."""
        before = plex.subdisks[: plex.subdisks.index(subdisk)]
        return sum(each.length for each in before if each.column == subdisk.column)

    def short(self, *cells: str) -> str:
        return host.row(cells, SHORT[: len(cells)])

    def long(self, *cells: str) -> str:
        return host.row(cells, LONG[: len(cells)])

    def short_volume(self, volume: Volume) -> str:
        return self.short("v", volume.name, "fsgen", self.kernel(volume), str(volume.length), "-", volume.state, "-", "-")

    def long_volume(self, volume: Volume) -> str:
        # a volume of several plexes is read round robin, one with a striped plex from that plex
        striped = [plex.name for plex in volume.plexes if plex.width]
        preferred = striped[0] if len(striped) == 1 else "-"
        return self.long(
            "v", volume.name, "-", self.kernel(volume), volume.state, str(volume.length), "SELECT", preferred, "fsgen"
        )  # fmt: skip

    def default(self) -> str:
        text = self.short("dg", self.group.name, self.group.name, "-", "-", "-", "-", "-", "-") + "\n"
        for disk in sorted(self.group.disks.values(), key=lambda disk: disk.name):
            device = self.device(disk.name)
            text += self.short("dm", disk.name, device, "-", str(disk.length), "-", "-", "-", "-")
        for volume in sorted(self.group.volumes.values(), key=lambda volume: volume.name):
            text += "\n" + self.short_volume(volume)
            for plex in volume.plexes:
                text += self.short("pl", plex.name, volume.name, self.kernel(volume), str(volume.length), "-", volume.state, "-", "-")
                for each in plex.subdisks:
                    offset = str(self.offset(plex, each))
                    text += self.short("sd", each.name, plex.name, self.kernel(volume), str(each.length), offset, "-", "-", "-")
        return text

    def full(self) -> str:
        text = self.long("dg", self.group.name, "default", "default", str(self.group.base_minor), self.group.id) + "\n"
        for disk in sorted(self.group.disks.values(), key=lambda disk: disk.name):
            device = self.device(disk.name)
            cells = ("-", "-", "-", "-", "NODEVICE") if device == "-" else (device, "auto", str(host.PRIVATE), str(disk.length), "-")
            text += self.long("dm", disk.name, *cells)
        for volume in sorted(self.group.volumes.values(), key=lambda volume: volume.name):
            text += "\n" + self.long_volume(volume)
            for plex in volume.plexes:
                shape, stripes = ("STRIPE", f"{plex.columns}/{plex.width}") if plex.width else ("CONCAT", "-")
                text += self.long("pl", plex.name, volume.name, self.kernel(volume), volume.state, str(volume.length), shape, stripes, "RW")
                for each in plex.subdisks:
                    offset = f"{each.column}/{self.offset(plex, each)}" if plex.width else str(self.offset(plex, each))
                    device = self.device(each.disk)
                    text += self.long(
                        "sd", each.name, plex.name, each.disk, str(each.offset), str(each.length), offset, device,
                        "NDEV" if device == "-" else "ENA",
                    )  # fmt: skip
        return text


@host.veritas("vxprint")
async def vxprint(call: Call) -> int:
    """Recorded forms: none, ``-ht``, ``-htr``, ``-v``, and ``-vt``."""
    flags, rest = parse(call.args, "g:htrvAq")
    letters = {letter for letter, _ in flags} - {"g", "A"}
    quiet = "q" in letters
    name = dict(flags).get("g")
    if name is not None and groups.named(call, name) is None:
        raise host.error("vxprint", "V-5-1-582", f"Disk group {name}: No such disk group", 11)
    chosen = [group for group in groups.imported(call.centre, call.machine) if name in (None, group.name, group.id)]
    shape = "".join(sorted(letters - {"q", "r"}))
    if shape not in ("", "ht", "v", "tv") or (rest and "v" not in shape):
        raise Unknown()
    for place, group in enumerate(chosen):
        printer = Printer(call, group)
        volumes = [volume for _, volume in sorted(group.volumes.items()) if not rest or volume.name in rest]
        heading = "" if name is not None else "\n" * bool(place) + f"Disk group: {group.name}\n"
        blank = "\n" * (name is None)
        if shape == "":
            text = heading + blank + (f"{SHORT_HEAD}\n" if not quiet else "") + printer.default()
        elif shape == "ht":
            text = heading + blank + (f"{HEADS}\n" if not quiet else "") + printer.full()
        elif shape == "v":
            text = heading + (f"{SHORT_HEAD}\n" if not quiet else "") + "".join(map(printer.short_volume, volumes))
        else:
            text = heading + (VOLUME_HEAD if not quiet else "") + "".join(map(printer.long_volume, volumes))
        call.out(text)
    if rest and not any(word in group.volumes for word in rest for group in chosen):
        raise Unknown("no such record")
    return 0


@host.veritas("vxinfo")
async def vxinfo(call: Call) -> int:
    """``NAME USETYPE Started|Startable|Unstartable`` (Administrator's Guide; the widths of its columns are not known)."""
    flags, rest = parse(call.args, "g:")
    group = groups.required(call, dict(flags).get("g"))
    if rest and any(name not in group.volumes for name in rest):
        raise Unknown("no such volume")
    for name, volume in sorted(group.volumes.items()):
        if rest and name not in rest:
            continue
        state = "Started" if groups.enabled(call, group, volume) else "Startable" if groups.usable(call, group, volume) else "Unstartable"
        call.out(f"{name:<14} {'fsgen':<8} {state}\n")
    return 0
