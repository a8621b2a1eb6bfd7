# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prtvtoc(1M) and fmthard(1M): the slices of a disk.

The layout for SMI labels as recorded, for EFI labels from the public source; on Solaris 11, where an unused disk has an EFI label whose
slices nobody recorded, not simulated.
"""

from __future__ import annotations

from ...call import Call
from ..hardware.disks import BLOCK, geometry
from ..honest import root_only, simulated
from ..options import Refused, Unknown, parse
from . import disks, label

HEAD = "*                          First     Sector    Last\n* Partition  Tag  Flags    Sector     Count    Sector  Mount Directory\n"
RESERVED = 16384  # blocks of an EFI label's slice 8, tag 11


def _drive(call: Call, word: str) -> str:
    """The disk of a path. Raises Refused as prtvtoc does."""
    path = word if word.startswith("/") else f"/dev/rdsk/{word}"
    parsed = disks.parse(path)
    drive = disks.key(call, parsed[0]) if parsed and parsed[1] is not None else None
    if drive is None:
        raise Refused(f"{call.argv[0]}: {path}: No such file or directory")
    return drive


def free(slices: label.Table, total: int) -> list[tuple[int, int]]:
    """Unallocated space: what no slice but the backup slice covers."""
    found, place = [], 0
    for _, _, start, blocks in sorted((entry for entry in slices.values() if entry[0] != label.BACKUP), key=lambda entry: entry[2]):
        if start > place:
            found.append((place, start - place))
        place = max(place, start + blocks)
    if place < total:
        found.append((place, total - place))
    return found


def rows(call: Call, drive: str, slices: label.Table) -> str:
    text = ""
    for number, (tag, flag, start, blocks) in sorted(slices.items()):
        point = next((mount.point for mount in call.machine.mounts if mount.device == f"{drive}s{number}"), "")
        text += (
            f"      {number:2}  {tag:5}    {flag:02x}  {start:9} {blocks:9} {start + blocks - 1:9}"
            + (f"   {point}" if point else "")
            + "\n"
        )
    return text


@simulated("prtvtoc")
async def prtvtoc(call: Call) -> int:
    flags, rest = parse(call.args, "hs")
    if len(rest) != 1 or call.zone is not None:
        raise Unknown()
    drive = _drive(call, rest[0])
    root_only(call, f"prtvtoc: {rest[0]}: Permission denied")
    if not disks.reachable(call.centre, call.machine, drive):
        raise Refused(f"prtvtoc: {rest[0]}: I/O error")
    known = label.disk(call.centre, drive)
    assert known is not None
    letters = {letter for letter, _ in flags}
    whole = label.efi(call.centre, drive)
    if not whole and call.machine.release != "s10" and known.label is None and ":" not in drive:
        raise Unknown("the label of an unused disk on Solaris 11")
    blocks = known.size // BLOCK
    if whole:
        last = blocks - 34
        slices = {0: [label.USR, 0, 256, last - RESERVED - 255], 8: [11, 0, last - RESERVED + 1, RESERVED]}
        shape = f"*     {BLOCK} bytes/sector\n* {blocks} sectors\n* {last - 33} accessible sectors\n"
        gaps = [(34, 222)]
    else:
        cylinders, heads, sectors = geometry(known.size)
        slices = label.table(call.centre, drive)
        shape = (
            f"* {BLOCK:7} bytes/sector\n* {sectors:7} sectors/track\n* {heads:7} tracks/cylinder\n* {heads * sectors:7} sectors/cylinder\n"
            f"* {cylinders + 2:7} cylinders\n* {cylinders:7} accessible cylinders\n"
        )
        gaps = free(slices, label.accessible(known.size))
    if not letters:
        call.out(f"* {rest[0]} partition map\n*\n* Dimensions:\n{shape}*\n* Flags:\n*   1: unmountable\n*  10: read-only\n*\n")
        if gaps:
            call.out("* Unallocated space:\n*\tFirst     Sector    Last\n*\tSector     Count    Sector \n")
            call.out("".join(f"*   {start:9} {length:9} {start + length - 1:9}\n" for start, length in gaps) + "*\n")
    call.out(("" if "h" in letters else HEAD) + rows(call, drive, slices))
    return 0


@simulated("fmthard")
async def fmthard(call: Call) -> int:
    """``fmthard -s FILE|- DISK`` on a disk with an SMI label; slices begin and end where prtvtoc shows them."""
    options, rest = parse(call.args, "s:")
    if len(rest) != 1 or [letter for letter, _ in options] != ["s"] or call.machine.release != "s10":
        raise Unknown()
    parsed = disks.parse(rest[0])
    drive = disks.key(call, parsed[0]) if parsed and parsed[1] is not None else None
    if drive is None:
        raise Refused(f"fmthard:  Cannot stat device {rest[0]}")
    root_only(call, f"fmthard:  Cannot open device {rest[0]} - Permission denied")
    if label.efi(call.centre, drive):
        raise Unknown("fmthard of an EFI label")
    source = options[0][1]
    if source == "-":
        text = call.stdin.decode(errors="replace")
    else:
        try:
            text = call.read_file(source)
        except OSError:
            raise Refused(f"Cannot open file {source}") from None
    known = label.disk(call.centre, drive)
    assert known is not None
    slices: label.Table = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("*"):
            continue
        words = line.split()
        try:
            number, tag, flag, start, blocks = int(words[0]), int(words[1]), int(words[2], 16), int(words[3]), int(words[4])
        except (ValueError, IndexError):
            raise Refused(f'Syntax error: "{line}"') from None
        if number > (7 if call.machine.architecture == "sparc" else 15):
            raise Refused(f'No such partition {number:x}: "{line}"')
        if start % label.cylinder(known.size):
            raise Refused(f'Partition {number} not aligned on cylinder boundary: "{line}"')
        if start + blocks > label.accessible(known.size):
            raise Unknown("a slice beyond the end of the disk")
        if blocks:
            slices[number] = [tag, flag, start, blocks]
    for mount in call.machine.mounts:
        if mount.device.startswith(f"{drive}s"):
            raise Unknown("a new label for a disk with mounted slices")
    used = [part for each in call.centre.disksets.values() for volume in each.volumes.values() for row in volume.rows for part in row]
    if any(part.startswith(f"{drive}s") for part in used):
        raise Unknown("a new label for a disk that volumes lie on")
    label.write(call.centre, drive, slices)
    call.out("fmthard:  New volume table of contents now in place.\n")
    return 0
